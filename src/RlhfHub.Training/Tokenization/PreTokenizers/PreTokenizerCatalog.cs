namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>The kinds of <c>pre_tokenizer</c> that tokenizer files may name. A new kind is a file and a line here.</summary>
internal static class PreTokenizerCatalog
{
    public static PartCatalog<IPreTokenizer> All { get; } = new("pre-tokenizer", new(StringComparer.Ordinal)
    {
        ["Sequence"] = SequencePreTokenizer.Read,
        ["ByteLevel"] = ByteLevelPreTokenizer.Read,
        ["Split"] = SplitPreTokenizer.Read,
        ["Digits"] = DigitsPreTokenizer.Read,
        ["Metaspace"] = MetaspacePreTokenizer.Read,
        ["Whitespace"] = _ => new WhitespacePreTokenizer(),
        ["WhitespaceSplit"] = _ => new WhitespaceSplitPreTokenizer(),
        ["Punctuation"] = PunctuationPreTokenizer.Read,
        ["BertPreTokenizer"] = _ => new BertPreTokenizer(),
    });
}
