namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>Takes a character off the ends of each token, up to so many times.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : IDecoder
{
    private const int MaximumCount = 1000;

    public ITokenSink Begin(ITokenSink next) => new Sink(next, content, start, stop);

    public static StripDecoder Read(JsonSection section)
    {
        var content = section.Require("content").AsCharacter();
        if (content.Length > 1) throw section.Require("content").Error("is a character above U+FFFF, which is not supported here");
        return new(content[0], section.Require("start").AsInteger(0, MaximumCount), section.Require("stop").AsInteger(0, MaximumCount));
    }

    private sealed class Sink(ITokenSink next, char content, int start, int stop) : ITokenSink
    {
        private int taken;
        private int heldBack;

        public void Append(ReadOnlySpan<char> text)
        {
            for (; taken < start && text.Length > 0; taken++)
            {
                if (text[0] == content) text = text[1..];
                else taken = start;
            }
            if (text.Length == 0) return;
            if (stop == 0)
            {
                next.Append(text);
                return;
            }
            var kept = text.TrimEnd(content);
            if (kept.Length > 0)
            {
                Release(heldBack);
                next.Append(kept);
            }
            heldBack += text.Length - kept.Length;
            // No more than the last few can be taken off.
            Release(heldBack - stop);
        }

        public void EndToken()
        {
            taken = 0;
            heldBack = 0;
            next.EndToken();
        }

        public void EndRow() => next.EndRow();

        private void Release(int count)
        {
            if (count <= 0) return;
            next.Append(new string(content, count));
            heldBack -= count;
        }
    }
}
