namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>
/// The operators, loosest first: <c>if/else, or, and, not, comparisons, + -, ~, * / // %, **, unary, | and is</c>.
/// The order is Jinja's own, which is not quite Python's: a filter binds tighter than a sign's operand, <c>~</c> tighter than <c>+</c>.
/// </summary>
internal sealed partial class ExpressionParser(TokenStream stream)
{
    private static readonly HashSet<string> ComparisonOperators = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Names read since the outermost macro began; null outside macros.</summary>
    public HashSet<string>? UsedNames { get; set; }

    public Expression Parse(bool withConditional = true) => stream.Nested<Expression>(withConditional ? ParseConditional : ParseOr);

    private Expression ParseConditional()
    {
        var value = ParseOr();
        while (stream.Current.IsName("if"))
        {
            var offset = stream.Advance().Offset;
            var test = ParseOr();
            var otherwise = stream.SkipName("else") ? Parse() : null;
            value = new Conditional(offset, test, value, otherwise);
        }

        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (stream.Current.IsName("or"))
            left = new Logical(stream.Advance().Offset, IsAnd: false, left, ParseAnd());

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (stream.Current.IsName("and"))
            left = new Logical(stream.Advance().Offset, IsAnd: true, left, ParseNot());

        return left;
    }

    private Expression ParseNot() =>
        stream.Current.IsName("not") ? new Negation(stream.Advance().Offset, stream.Nested(ParseNot)) : ParseComparison();

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var steps = new List<(string, Expression)>();
        var offset = stream.Current.Offset;
        while (ComparisonOperator() is { } symbol)
            steps.Add((symbol, ParseSum()));

        return steps.Count == 0 ? first : new Comparison(offset, first, steps);
    }

    private string? ComparisonOperator()
    {
        var token = stream.Current;
        if (token.Kind == TokenKind.Operator && ComparisonOperators.Contains(token.Text))
            return stream.Advance().Text;

        if (stream.SkipName("in"))
            return "in";

        if (!token.IsName("not") || !stream.Next.IsName("in"))
            return null;

        stream.Advance();
        stream.Advance();
        return "not in";
    }

    private Expression ParseSum()
    {
        var left = ParseConcatenation();
        while (stream.Current.IsOperator("+") || stream.Current.IsOperator("-"))
        {
            var symbol = stream.Advance();
            left = new Arithmetic(symbol.Offset, symbol.Text, left, ParseConcatenation());
        }

        return left;
    }

    private Expression ParseConcatenation()
    {
        var first = ParseProduct();
        if (!stream.Current.IsOperator("~"))
            return first;

        var offset = stream.Current.Offset;
        var parts = new List<Expression> { first };
        while (stream.SkipOperator("~"))
            parts.Add(ParseProduct());

        return new Concatenation(offset, parts);
    }

    private Expression ParseProduct()
    {
        var left = ParsePower();
        while (stream.Current is { Kind: TokenKind.Operator, Text: "*" or "/" or "//" or "%" })
        {
            var symbol = stream.Advance();
            left = new Arithmetic(symbol.Offset, symbol.Text, left, ParsePower());
        }

        return left;
    }

    private Expression ParsePower()
    {
        var left = ParseUnary(withFilters: true);
        while (stream.Current.IsOperator("**"))
            left = new Arithmetic(stream.Advance().Offset, "**", left, ParseUnary(withFilters: true));

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        var token = stream.Current;
        Expression value;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            stream.Advance();
            value = new SignedNumber(token.Offset, token.Text, stream.Nested(() => ParseUnary(withFilters: false)));
        }
        else
            value = ParsePrimary();

        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }
}
