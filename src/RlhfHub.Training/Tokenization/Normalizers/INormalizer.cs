namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Rewrites text before it is split. The text given is valid UTF-16.</summary>
internal interface INormalizer
{
    string Normalize(string text);
}
