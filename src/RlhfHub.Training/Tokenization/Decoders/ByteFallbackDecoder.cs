using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>
/// Runs of tokens such as <c>&lt;0xE4&gt;</c> back to text. A run that is no UTF-8 as a whole becomes one U+FFFD a byte, which is why nothing of a run
/// is certain before it ends.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next);

    private sealed class Sink(ITokenSink next) : WholeTokenSink
    {
        private readonly List<byte> run = [];

        protected override void Take(string token)
        {
            if (ByteOf(token) is { } value)
            {
                run.Add(value);
                return;
            }
            PassRun();
            next.Append(token);
            next.EndToken();
        }

        public override void EndRow()
        {
            PassRun();
            next.EndRow();
        }

        private void PassRun()
        {
            if (run.Count == 0) return;
            var bytes = run.ToArray();
            run.Clear();
            if (System.Text.Unicode.Utf8.IsValid(bytes))
            {
                next.Append(Encoding.UTF8.GetString(bytes));
                next.EndToken();
                return;
            }
            foreach (var _ in bytes)
            {
                next.Append("\uFFFD");
                next.EndToken();
            }
        }
    }

    /// <summary>The byte that a token such as <c>&lt;0xE2&gt;</c> stands for; null for any other.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
