namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>The kinds of <c>decoder</c> that tokenizer files may name. A new kind is a file and a line here.</summary>
internal static class DecoderCatalog
{
    public static PartCatalog<IDecoder> All { get; } = new("decoder", new(StringComparer.Ordinal)
    {
        ["Sequence"] = SequenceDecoder.Read,
        ["ByteLevel"] = _ => new ByteLevelDecoder(),
        ["ByteFallback"] = _ => new ByteFallbackDecoder(),
        ["Fuse"] = _ => new FuseDecoder(),
        ["Strip"] = StripDecoder.Read,
        ["Replace"] = ReplaceDecoder.Read,
        ["Metaspace"] = MetaspaceDecoder.Read,
        ["BPEDecoder"] = SuffixDecoder.Read,
    });
}
