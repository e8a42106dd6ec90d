namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>What stands left of <c>=</c> in a set and between <c>for</c> and <c>in</c>: a name, a tuple of targets, or <c>ns.name</c>.</summary>
internal static class TargetParser
{
    private static readonly HashSet<string> Constants = ["true", "false", "none", "True", "False", "None"];

    public static AssignmentTarget Parse(TokenStream stream, bool allowsNamespace)
    {
        if (allowsNamespace && stream.Current.Kind == TokenKind.Name && stream.Next.IsOperator("."))
        {
            var name = stream.Advance();
            stream.Advance();
            return new NamespaceTarget(name.Offset, name.Text, stream.Expect(TokenKind.Name, "an attribute's name").Text);
        }

        var offset = stream.Current.Offset;
        var items = new List<AssignmentTarget>();
        var isTuple = false;
        do
        {
            if (items.Count > 0 && EndsTargets(stream))
                break;

            items.Add(ParseItem(stream));
            isTuple |= stream.Current.IsOperator(",");
        }
        while (stream.SkipOperator(","));

        return isTuple ? new TupleTarget(offset, items) : items[0];
    }

    public static NameTarget ParseName(TokenStream stream)
    {
        var token = stream.Expect(TokenKind.Name, "a name");
        return Constants.Contains(token.Text)
            ? throw new TemplateFault($"'{token.Text}' cannot be assigned to", token.Offset)
            : new NameTarget(token.Offset, token.Text);
    }

    private static bool EndsTargets(TokenStream stream) =>
        stream.Current.Kind == TokenKind.BlockEnd || stream.Current.IsName("in") || stream.Current.IsOperator("=") || stream.Current.IsOperator(")");

    private static AssignmentTarget ParseItem(TokenStream stream)
    {
        if (!stream.SkipOperator("("))
            return ParseName(stream);

        var inner = stream.Nested(() => Parse(stream, allowsNamespace: false));
        stream.ExpectOperator(")");
        return inner;
    }
}
