using RlhfHub.Training.Tokenization.Normalizers;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>Puts a text in the place of every match of a pattern, token by token.</summary>
internal sealed class ReplaceDecoder(Pattern pattern, string content, string place) : IDecoder
{
    // One character can be replaced as it comes; anything longer could be cut in two between parts of a token.
    public ITokenSink Begin(ITokenSink next) =>
        pattern.LiteralText is { Length: 1 } literal ? new CharacterSink(next, literal[0], content) : new PatternSink(next, pattern, content, place);

    public static ReplaceDecoder Read(JsonSection section) =>
        new(PatternReader.Read(section.Require("pattern")), section.Require("content").AsString(), section.Place);

    private sealed class CharacterSink(ITokenSink next, char character, string content) : ITokenSink
    {
        public void Append(ReadOnlySpan<char> text)
        {
            for (var at = text.IndexOf(character); at >= 0; at = text.IndexOf(character))
            {
                if (at > 0) next.Append(text[..at]);
                next.Append(content);
                text = text[(at + 1)..];
            }
            if (text.Length > 0) next.Append(text);
        }

        public void EndToken() => next.EndToken();

        public void EndRow() => next.EndRow();
    }

    private sealed class PatternSink(ITokenSink next, Pattern pattern, string content, string place) : WholeTokenSink
    {
        protected override void Take(string token)
        {
            next.Append(ReplaceNormalizer.Replace(token, pattern, content, place));
            next.EndToken();
        }

        public override void EndRow() => next.EndRow();
    }
}
