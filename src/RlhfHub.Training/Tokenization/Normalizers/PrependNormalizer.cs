namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Puts a text before the input, unless that is empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public string Normalize(string text) => text.Length == 0 ? text : prefix + text;

    public static PrependNormalizer Read(JsonSection section) => new(section.Require("prepend").AsString());
}
