using System.Text;
using RlhfHub.Training.Tokenization.Bpe;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Writes each UTF-8 byte as one visible character.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        ByteAlphabet.Append(text, result);
        return result.ToString();
    }
}
