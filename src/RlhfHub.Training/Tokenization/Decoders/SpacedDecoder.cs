namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>For files without a decoder: tokens with spaces between them.</summary>
internal sealed class SpacedDecoder : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next);

    private sealed class Sink(ITokenSink next) : WholeTokenSink
    {
        private bool isLater;

        protected override void Take(string token)
        {
            if (isLater) next.Append(" ");
            isLater = true;
            next.Append(token);
            next.EndToken();
        }

        public override void EndRow() => next.EndRow();
    }
}
