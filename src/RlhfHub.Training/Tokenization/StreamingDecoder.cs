using System.Text;
using RlhfHub.Training.Tokenization.Decoders;

namespace RlhfHub.Training.Tokenization;

/// <summary>
/// Turns ids into text one at a time. What <see cref="Push"/> and <see cref="Flush"/> return, put together, is exactly what
/// <see cref="Tokenizer.Decode"/> returns for the same ids. For one thread at a time.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer tokenizer;
    private readonly IDecoder decoder;
    private readonly bool skipsSpecialTokens;
    private readonly TextSink text = new();
    private ITokenSink sink;

    internal StreamingDecoder(Tokenizer tokenizer, IDecoder decoder, bool skipsSpecialTokens)
    {
        this.tokenizer = tokenizer;
        this.decoder = decoder;
        this.skipsSpecialTokens = skipsSpecialTokens;
        sink = decoder.Begin(text);
    }

    /// <summary>Takes the next id and returns the text that is certain now: never part of a character, never anything that a later id would change.</summary>
    public string Push(int id)
    {
        if ((skipsSpecialTokens && tokenizer.IsSpecial(id)) || tokenizer.TokenToDecode(id) is not { } token) return "";
        sink.Append(token);
        sink.EndToken();
        return text.Take();
    }

    /// <summary>Ends the row, returns what was kept back, and begins a new row.</summary>
    public string Flush()
    {
        sink.EndRow();
        sink = decoder.Begin(text);
        return text.Take();
    }

    private sealed class TextSink : ITokenSink
    {
        private readonly StringBuilder text = new();

        public void Append(ReadOnlySpan<char> part) => text.Append(part);

        public void EndToken() { }

        public void EndRow() { }

        public string Take()
        {
            if (text.Length == 0) return "";
            var taken = text.ToString();
            text.Clear();
            return taken;
        }
    }
}
