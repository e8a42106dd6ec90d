namespace RlhfHub.Training.Tokenization.Decoders;

/// <summary>
/// Takes tokens as they come; each may arrive in several parts. A decoder is a sink that passes on what no later token can change and keeps the rest,
/// so that decoding a whole row and decoding it as it is generated are the same code.
/// </summary>
internal interface ITokenSink
{
    void Append(ReadOnlySpan<char> text);

    void EndToken();

    /// <summary>No more tokens: everything kept back is passed on.</summary>
    void EndRow();
}

/// <summary>A step from tokens to text. It holds no state; each row gets its own sink.</summary>
internal interface IDecoder
{
    /// <summary>A sink that decodes into <paramref name="next"/>.</summary>
    ITokenSink Begin(ITokenSink next);
}
