using System.Runtime.CompilerServices;

namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>The tokens of a template with a place in them, and how deep the parser stands: bounded, for a stack that overflows ends the process.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens, int depthLimit)
{
    private int index;
    private int depth;

    public Token Current => tokens[index];

    public Token Next => tokens[Math.Min(index + 1, tokens.Count - 1)];

    public Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
            index++;

        return token;
    }

    public bool SkipOperator(string symbol)
    {
        if (!Current.IsOperator(symbol))
            return false;

        index++;
        return true;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name))
            return false;

        index++;
        return true;
    }

    public Token Expect(TokenKind kind, string what) =>
        Current.Kind == kind ? Advance() : throw Unexpected(what);

    public void ExpectOperator(string symbol)
    {
        if (!SkipOperator(symbol))
            throw Unexpected($"'{symbol}'");
    }

    public TemplateFault Unexpected(string expected) => new($"{Current.Describe()} is not expected here; expected {expected}", Current.Offset);

    /// <summary>Runs a rule that may contain itself.</summary>
    public T Nested<T>(Func<T> rule)
    {
        if (++depth > depthLimit || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault($"brackets or tags nest deeper than {depthLimit} levels", Current.Offset);

        var result = rule();
        depth--;
        return result;
    }
}
