namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>All tokens become one, for the decoders that follow.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next);

    private sealed class Sink(ITokenSink next) : ITokenSink
    {
        public void Append(ReadOnlySpan<char> text) => next.Append(text);

        public void EndToken() { }

        public void EndRow()
        {
            next.EndToken();
            next.EndRow();
        }
    }
}
