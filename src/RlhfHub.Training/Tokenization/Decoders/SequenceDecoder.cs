namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>One decoder after the other.</summary>
internal sealed class SequenceDecoder(IDecoder[] parts) : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => parts.Reverse().Aggregate(next, (sink, part) => part.Begin(sink));

    public static SequenceDecoder Read(JsonSection section) => new([.. section.Require("decoders").AsArray().Select(DecoderCatalog.All.Read)]);
}
