namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>One normalizer after the other.</summary>
internal sealed class SequenceNormalizer(INormalizer[] parts, string place) : INormalizer
{
    public string Normalize(string text)
    {
        var before = text.Length;
        foreach (var part in parts)
        {
            text = part.Normalize(text);
            TextGrowth.Check(before, text.Length, place);
        }
        return text;
    }

    public static SequenceNormalizer Read(JsonSection section) =>
        new([.. section.Require("normalizers").AsArray().Select(NormalizerCatalog.All.Read)], section.Place);
}
