using System.Text;
using RlhfHub.Training.Tokenization.Bpe;

namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>Visible characters back to bytes, and all bytes together to text. What is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public ITokenSink Begin(ITokenSink next) => new Sink(next);

    private sealed class Sink(ITokenSink next) : WholeTokenSink
    {
        // Keeps the beginning of a character until its other bytes come, or something that shows they never will.
        private readonly Decoder utf8 = Encoding.UTF8.GetDecoder();

        protected override void Take(string token) => Pass(BytesOf(token), isLast: false);

        public override void EndRow()
        {
            Pass([], isLast: true);
            next.EndToken();
            next.EndRow();
        }

        private void Pass(byte[] bytes, bool isLast)
        {
            var characters = new char[utf8.GetCharCount(bytes, isLast)];
            utf8.GetChars(bytes, characters, isLast);
            if (characters.Length > 0) next.Append(characters);
        }

    }

    /// <summary>The bytes that a token stands for. One with any other character, such as an added token with a space in it, stands for its own text.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = ByteAlphabet.ByteOf(token[i]);
            if (value < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }
}
