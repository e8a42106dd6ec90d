using System.Text;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>The kinds of <c>normalizer</c> that tokenizer files may name. A new kind is a file and a line here.</summary>
internal static class NormalizerCatalog
{
    public static PartCatalog<INormalizer> All { get; } = new("normalizer", new(StringComparer.Ordinal)
    {
        ["Sequence"] = SequenceNormalizer.Read,
        ["Prepend"] = PrependNormalizer.Read,
        ["Replace"] = ReplaceNormalizer.Read,
        ["NFC"] = _ => new FormNormalizer(NormalizationForm.FormC),
        ["NFD"] = _ => new FormNormalizer(NormalizationForm.FormD),
        ["NFKC"] = _ => new FormNormalizer(NormalizationForm.FormKC),
        ["NFKD"] = _ => new FormNormalizer(NormalizationForm.FormKD),
        ["Lowercase"] = _ => new LowercaseNormalizer(),
        ["Strip"] = StripNormalizer.Read,
        ["StripAccents"] = _ => new StripAccentsNormalizer(),
        ["BertNormalizer"] = BertNormalizer.Read,
        ["ByteLevel"] = _ => new ByteLevelNormalizer(),
    });
}
