using System.Text;

namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>A sink that needs each token whole.</summary>
internal abstract class WholeTokenSink : ITokenSink
{
    private readonly StringBuilder token = new();

    public void Append(ReadOnlySpan<char> text) => token.Append(text);

    public void EndToken()
    {
        var whole = token.ToString();
        token.Clear();
        Take(whole);
    }

    public abstract void EndRow();

    protected abstract void Take(string token);
}
