namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>The operands: literals, names, and what follows them directly: <c>.name</c>, <c>[index]</c>, <c>(arguments)</c>, <c>| filter</c>, <c>is test</c>.</summary>
internal sealed partial class ExpressionParser
{
    /// <summary>One expression, or a tuple where commas part several: <c>{% for a, b in c, d %}</c>.</summary>
    public Expression ParseTuple(bool withConditional = true, bool inParentheses = false)
    {
        var offset = stream.Current.Offset;
        var items = new List<Expression>();
        var isTuple = false;
        while (!EndsTuple())
        {
            items.Add(Parse(withConditional));
            if (!stream.SkipOperator(","))
                break;

            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
            return items[0];

        return isTuple || inParentheses ? new TupleLiteral(offset, items) : throw stream.Unexpected("an expression");
    }

    private bool EndsTuple() => stream.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.End || stream.Current.IsOperator(")");

    private Expression ParsePrimary()
    {
        var token = stream.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                stream.Advance();
                return ParseName(token);
            case TokenKind.String:
                return ParseStrings();
            case TokenKind.Integer or TokenKind.Float:
                stream.Advance();
                return new Literal(token.Offset, token.Value);
            case TokenKind.Operator when token.Text == "(":
                stream.Advance();
                var inner = stream.Nested(() => ParseTuple(inParentheses: true));
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new ListLiteral(token.Offset, ParseItems("[", "]", () => Parse()));
            case TokenKind.Operator when token.Text == "{":
                return new DictLiteral(token.Offset, ParseItems("{", "}", ParsePair));
            default:
                throw stream.Unexpected("an expression");
        }
    }

    private Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True": return new Literal(token.Offset, true);
            case "false" or "False": return new Literal(token.Offset, false);
            case "none" or "None": return new Literal(token.Offset, null);
        }

        UsedNames?.Add(token.Text);
        return new NameReference(token.Offset, token.Text);
    }

    // Strings side by side are one: 'a' 'b'.
    private Literal ParseStrings()
    {
        var first = stream.Advance();
        if (stream.Current.Kind != TokenKind.String)
            return new Literal(first.Offset, first.Text);

        var parts = new List<string> { first.Text };
        while (stream.Current.Kind == TokenKind.String)
            parts.Add(stream.Advance().Text);

        return new Literal(first.Offset, string.Concat(parts));
    }

    private (Expression, Expression) ParsePair()
    {
        var key = Parse();
        stream.ExpectOperator(":");
        return (key, Parse());
    }

    private List<T> ParseItems<T>(string open, string close, Func<T> parseItem)
    {
        stream.ExpectOperator(open);
        var items = new List<T>();
        while (!stream.SkipOperator(close))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.SkipOperator(close))
                    break;
            }

            items.Add(parseItem());
        }

        return items;
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            var token = stream.Current;
            if (token.IsOperator("."))
                value = ParseAttribute(value);
            else if (token.IsOperator("["))
                value = ParseSubscript(value);
            else if (token.IsOperator("("))
                value = new Call(token.Offset, value, ParseArguments());
            else
                return value;
        }
    }

    private Expression ParseAttribute(Expression value)
    {
        var offset = stream.Advance().Offset;
        if (stream.Current.Kind == TokenKind.Integer)
            return new IndexAccess(offset, value, new Literal(offset, stream.Advance().Value));

        return new AttributeAccess(offset, value, stream.Expect(TokenKind.Name, "a name or a number after '.'").Text);
    }

    private Expression ParseSubscript(Expression value)
    {
        var offset = stream.Advance().Offset;
        var start = stream.Current.IsOperator(":") ? null : Parse();
        if (start is not null && stream.SkipOperator("]"))
            return new IndexAccess(offset, value, start);

        stream.ExpectOperator(":");
        var stop = stream.Current.IsOperator(":") || stream.Current.IsOperator("]") ? null : Parse();
        var step = stream.SkipOperator(":") && !stream.Current.IsOperator("]") ? Parse() : null;
        stream.ExpectOperator("]");
        return new SliceAccess(offset, value, start, stop, step);
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (stream.Current.IsOperator("|"))
            {
                stream.Advance();
                value = ParseFilter(value);
            }
            else if (stream.Current.IsName("is"))
                value = ParseTest(value);
            else if (stream.Current.IsOperator("("))
                value = new Call(stream.Current.Offset, value, ParseArguments());
            else
                return value;
        }
    }

    /// <summary>A filter's name and arguments, after its <c>|</c>.</summary>
    public FilterCall ParseFilter(Expression? value)
    {
        var name = stream.Expect(TokenKind.Name, "a filter's name");
        return new FilterCall(name.Offset, value, name.Text, stream.Current.IsOperator("(") ? ParseArguments() : CallArguments.None);
    }

    private Expression ParseTest(Expression value)
    {
        var offset = stream.Advance().Offset;
        var isNegated = stream.SkipName("not");
        var name = stream.Expect(TokenKind.Name, "a test's name").Text;
        var test = new TestCall(offset, value, name, ParseTestArguments());
        return isNegated ? new Negation(offset, test) : test;
    }

    // x is divisibleby 3: one operand may follow without parentheses.
    private CallArguments ParseTestArguments()
    {
        var token = stream.Current;
        if (token.IsOperator("("))
            return ParseArguments();

        var startsOperand = token.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float
            || token.IsOperator("[") || token.IsOperator("{");
        if (!startsOperand || token.Text is "else" or "or" or "and" && token.Kind == TokenKind.Name)
            return CallArguments.None;

        if (token.IsName("is"))
            throw new TemplateFault("tests cannot be chained with 'is'; put the first one in parentheses", token.Offset);

        return new CallArguments([ParsePostfix(ParsePrimary())], [], null, null);
    }

    private CallArguments ParseArguments()
    {
        var positional = new List<Expression>();
        var keyword = new List<(string, Expression)>();
        Expression? spread = null, keywordSpread = null;
        ParseItems("(", ")", () =>
        {
            var token = stream.Current;
            if (token.IsOperator("*") && spread is null && keywordSpread is null)
            {
                stream.Advance();
                return spread = Parse();
            }

            if (token.IsOperator("**") && keywordSpread is null)
            {
                stream.Advance();
                return keywordSpread = Parse();
            }

            if (token.Kind == TokenKind.Name && stream.Next.IsOperator("=") && keywordSpread is null)
            {
                stream.Advance();
                stream.Advance();
                var value = Parse();
                keyword.Add((token.Text, value));
                return value;
            }

            if (keyword.Count > 0 || spread is not null || keywordSpread is not null)
                throw new TemplateFault("a positional argument follows a named or spread one", token.Offset);

            positional.Add(Parse());
            return positional[^1];
        });

        return new CallArguments(positional, keyword, spread, keywordSpread);
    }
}
