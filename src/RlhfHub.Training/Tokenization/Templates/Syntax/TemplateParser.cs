namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>Text, <c>{{ values }}</c> and <c>{% tags %}</c>: the statements of a template.</summary>
internal sealed partial class TemplateParser
{
    private readonly TokenStream stream;
    private readonly ExpressionParser expressions;
    private int loopDepth;
    private bool isInGeneration;

    private TemplateParser(TokenStream stream)
    {
        this.stream = stream;
        expressions = new ExpressionParser(stream);
    }

    /// <summary>Parses a template whose line endings are already <c>\n</c>.</summary>
    public static IReadOnlyList<Statement> Parse(string source, TemplateLimits limits)
    {
        var tokens = new Lexer(source).Tokenize();
        var parser = new TemplateParser(new TokenStream(tokens, limits.SyntaxDepth));
        return parser.ParseBody([], "the template");
    }

    // Reads statements up to a tag that is one of endNames, and leaves the stream on that tag's name.
    private List<Statement> ParseBody(string[] endNames, string owner)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = stream.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    stream.Advance();
                    body.Add(new TextOutput(token.Offset, token.Text));
                    break;
                case TokenKind.VariableBegin:
                    stream.Advance();
                    body.Add(new ValueOutput(stream.Current.Offset, expressions.ParseTuple()));
                    stream.Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                case TokenKind.BlockBegin:
                    stream.Advance();
                    if (stream.Current.Kind == TokenKind.Name && endNames.Contains(stream.Current.Text))
                        return body;

                    body.Add(stream.Nested(() => ParseTag(endNames, owner)));
                    stream.Expect(TokenKind.BlockEnd, "'%}'");
                    break;
                default:
                    return endNames.Length == 0
                        ? body
                        : throw new TemplateFault($"the template ends inside {owner}; expected '{{% {string.Join(" %}' or '{% ", endNames)} %}}'", token.Offset);
            }
        }
    }

    private Statement ParseTag(string[] endNames, string owner)
    {
        var tag = stream.Expect(TokenKind.Name, "a tag's name");
        return tag.Text switch
        {
            "if" => ParseIf(tag.Offset),
            "for" => ParseFor(tag.Offset),
            "set" => ParseSet(tag.Offset),
            "macro" => ParseMacro(tag.Offset),
            "call" => ParseCall(tag.Offset),
            "filter" => ParseFilterBlock(tag.Offset),
            "with" => ParseWith(tag.Offset),
            "generation" => ParseGeneration(tag.Offset),
            "break" or "continue" => ParseLoopControl(tag),
            _ when endNames.Length > 0 && tag.Text.StartsWith("end", StringComparison.Ordinal) =>
                throw new TemplateFault($"'{tag.Text}' does not close {owner}; expected '{endNames[^1]}'", tag.Offset),
            _ => throw new TemplateFault($"the tag '{tag.Text}' is not one that chat templates may use", tag.Offset),
        };
    }

    // The body of a tag that ends with one name: the rest of the opening tag, the body, the end's name.
    private List<Statement> ParseBlock(string endName, string owner)
    {
        stream.Expect(TokenKind.BlockEnd, "'%}'");
        var body = ParseBody([endName], owner);
        stream.Advance();
        return body;
    }

    private IfStatement ParseIf(int offset)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            var test = expressions.ParseTuple(withConditional: false);
            stream.Expect(TokenKind.BlockEnd, "'%}'");
            branches.Add((test, ParseBody(["elif", "else", "endif"], "an 'if'")));
            switch (stream.Advance().Text)
            {
                case "elif": continue;
                case "else": return new IfStatement(offset, branches, ParseBlock("endif", "an 'else'"));
                default: return new IfStatement(offset, branches, []);
            }
        }
    }

    private ForStatement ParseFor(int offset)
    {
        var target = TargetParser.Parse(stream, allowsNamespace: false);
        if (!stream.SkipName("in"))
            throw stream.Unexpected("'in'");

        var sequence = expressions.ParseTuple(withConditional: false);
        var filter = stream.SkipName("if") ? expressions.Parse() : null;
        if (stream.Current.IsName("recursive"))
            throw new TemplateFault("recursive loops are not supported in a chat template", stream.Current.Offset);

        stream.Expect(TokenKind.BlockEnd, "'%}'");
        loopDepth++;
        var body = ParseBody(["else", "endfor"], "a 'for'");
        loopDepth--;
        IReadOnlyList<Statement> otherwise = stream.Advance().Text == "else" ? ParseBlock("endfor", "an 'else'") : [];
        return new ForStatement(offset, target, sequence, filter, body, otherwise);
    }

    private LoopControl ParseLoopControl(Token tag) => loopDepth > 0
        ? new LoopControl(tag.Offset, tag.Text == "break")
        : throw new TemplateFault($"'{tag.Text}' stands outside a loop", tag.Offset);
}
