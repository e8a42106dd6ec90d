using RlhfHub.Training.Tokenization.PreTokenizers;

namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>SentencePiece's visible spaces back to spaces; those of the first token go, where the encoder put one there.</summary>
internal sealed class MetaspaceDecoder(string replacement, PrependScheme scheme) : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next, replacement, scheme);

    public static MetaspaceDecoder Read(JsonSection section) => new(section.Require("replacement").AsCharacter(), PrependSchemes.Read(section));

    private sealed class Sink(ITokenSink next, string replacement, PrependScheme scheme) : WholeTokenSink
    {
        private bool isLater;

        protected override void Take(string token)
        {
            var space = isLater || scheme == PrependScheme.Never ? " " : "";
            isLater = true;
            next.Append(token.Replace(replacement, space, StringComparison.Ordinal));
            next.EndToken();
        }

        public override void EndRow() => next.EndRow();
    }
}
