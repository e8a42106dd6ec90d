using System.Text;
using RlhfHub.Training.Tokenization.Unicode;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>One of Unicode's four normalization forms.</summary>
internal sealed class FormNormalizer(NormalizationForm form) : INormalizer
{
    public string Normalize(string text) => Normalization.Normalize(text, form);
}
