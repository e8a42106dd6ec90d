namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>For models that mark the ends of words (<c>&lt;/w&gt;</c>): the mark becomes a space, and nothing in the last token.</summary>
internal sealed class SuffixDecoder(string suffix) : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next, suffix);

    public static SuffixDecoder Read(JsonSection section)
    {
        var suffix = section.FindString("suffix") ?? "</w>";
        return suffix.Length > 0 ? new(suffix) : throw section.Require("suffix").Error("is empty; expected the mark of a word's end");
    }

    private sealed class Sink(ITokenSink next, string suffix) : WholeTokenSink
    {
        private string? heldBack;

        protected override void Take(string token)
        {
            Pass(" ");
            heldBack = token;
        }

        public override void EndRow()
        {
            Pass("");
            next.EndRow();
        }

        private void Pass(string space)
        {
            if (heldBack is null) return;
            next.Append(heldBack.Replace(suffix, space, StringComparison.Ordinal));
            next.EndToken();
            heldBack = null;
        }
    }
}
