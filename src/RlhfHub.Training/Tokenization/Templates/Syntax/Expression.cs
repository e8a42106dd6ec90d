namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>Something that has a value. <c>Offset</c> is where in the source it stands, for messages.</summary>
internal abstract record Expression(int Offset);

internal sealed record Literal(int Offset, object? Value) : Expression(Offset);

internal sealed record NameReference(int Offset, string Name) : Expression(Offset);

internal sealed record ListLiteral(int Offset, IReadOnlyList<Expression> Items) : Expression(Offset);

internal sealed record TupleLiteral(int Offset, IReadOnlyList<Expression> Items) : Expression(Offset);

internal sealed record DictLiteral(int Offset, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(Offset);

internal sealed record Negation(int Offset, Expression Operand) : Expression(Offset);

/// <summary><c>-x</c> or <c>+x</c>.</summary>
internal sealed record SignedNumber(int Offset, string Sign, Expression Operand) : Expression(Offset);

/// <summary><c>+ - * / // % **</c>.</summary>
internal sealed record Arithmetic(int Offset, string Operator, Expression Left, Expression Right) : Expression(Offset);

/// <summary><c>and</c>, <c>or</c>: the value is one of the operands, as in Python.</summary>
internal sealed record Logical(int Offset, bool IsAnd, Expression Left, Expression Right) : Expression(Offset);

/// <summary><c>a &lt; b &lt;= c</c>, <c>a in b</c>, <c>a not in b</c>: every step must hold.</summary>
internal sealed record Comparison(int Offset, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Steps) : Expression(Offset);

/// <summary><c>a ~ b</c>: joined as text.</summary>
internal sealed record Concatenation(int Offset, IReadOnlyList<Expression> Parts) : Expression(Offset);

internal sealed record Conditional(int Offset, Expression Test, Expression Then, Expression? Else) : Expression(Offset);

internal sealed record AttributeAccess(int Offset, Expression Target, string Name) : Expression(Offset);

internal sealed record IndexAccess(int Offset, Expression Target, Expression Index) : Expression(Offset);

internal sealed record SliceAccess(int Offset, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(Offset);

internal sealed record Call(int Offset, Expression Target, CallArguments Arguments) : Expression(Offset);

/// <summary><c>value | name(arguments)</c>; no value in <c>{% filter name %}</c> and <c>{% set x | name %}</c>, where the block's text is it.</summary>
internal sealed record FilterCall(int Offset, Expression? Target, string Name, CallArguments Arguments) : Expression(Offset);

internal sealed record TestCall(int Offset, Expression Target, string Name, CallArguments Arguments) : Expression(Offset);

/// <summary><c>(a, b, name=c, *d, **e)</c>.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Keyword, Expression? Spread, Expression? KeywordSpread)
{
    public static readonly CallArguments None = new([], [], null, null);
}
