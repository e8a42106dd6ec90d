namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>The tags that name, wrap or mark text: set, macro, call, filter, with, generation.</summary>
internal sealed partial class TemplateParser
{
    private Statement ParseSet(int offset)
    {
        var target = TargetParser.Parse(stream, allowsNamespace: true);
        if (stream.SkipOperator("="))
            return new SetStatement(offset, target, expressions.ParseTuple());

        var filter = ParseFilterChain(null);
        return new SetBlock(offset, target, filter, ParseSealedBlock("endset", "a 'set' block"));
    }

    private FilterCall? ParseFilterChain(FilterCall? first)
    {
        var filter = first;
        while (stream.SkipOperator("|"))
            filter = expressions.ParseFilter(filter);

        return filter;
    }

    private FilterBlock ParseFilterBlock(int offset)
    {
        var filter = ParseFilterChain(expressions.ParseFilter(null))!;
        return new FilterBlock(offset, filter, ParseSealedBlock("endfilter", "a 'filter' block"));
    }

    private MacroStatement ParseMacro(int offset)
    {
        var name = TargetParser.ParseName(stream).Name;
        return new MacroStatement(offset, ParseMacroBody(name, "endmacro", "a 'macro'", () => (ParseParameters(), 0)).Definition);
    }

    private CallBlock ParseCall(int offset)
    {
        var (definition, call) = ParseMacroBody("caller", "endcall", "a 'call' block", () =>
        {
            var parameters = stream.Current.IsOperator("(") ? ParseParameters() : [];
            return (parameters, expressions.Parse());
        });

        return call is Call macroCall
            ? new CallBlock(offset, definition, macroCall)
            : throw new TemplateFault("a 'call' block must call a macro, as in '{% call name() %}'", offset);
    }

    private (MacroDefinition Definition, T Head) ParseMacroBody<T>(string name, string endName, string owner, Func<(List<MacroParameter>, T)> parseHead)
    {
        // A macro is a function of its own: it sees what its body names, and no loop around it can be left from inside.
        var outerNames = expressions.UsedNames;
        var outerLoops = loopDepth;
        var names = expressions.UsedNames = [];
        loopDepth = 0;

        var (parameters, head) = parseHead();
        var body = ParseBlock(endName, owner);

        loopDepth = outerLoops;
        expressions.UsedNames = outerNames;
        outerNames?.UnionWith(names);
        return (new MacroDefinition(name, parameters, body, names), head);
    }

    private List<MacroParameter> ParseParameters()
    {
        var parameters = new List<MacroParameter>();
        stream.ExpectOperator("(");
        while (!stream.SkipOperator(")"))
        {
            if (parameters.Count > 0)
                stream.ExpectOperator(",");

            var name = TargetParser.ParseName(stream);
            var fallback = stream.SkipOperator("=") ? expressions.Parse() : null;
            if (fallback is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw new TemplateFault($"the parameter '{name.Name}' without a default follows one with a default", name.Offset);

            parameters.Add(new MacroParameter(name.Name, fallback));
        }

        return parameters;
    }

    private WithBlock ParseWith(int offset)
    {
        var variables = new List<(AssignmentTarget, Expression)>();
        while (stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0)
                stream.ExpectOperator(",");

            var target = TargetParser.ParseName(stream);
            stream.ExpectOperator("=");
            variables.Add((target, expressions.Parse()));
        }

        return new WithBlock(offset, variables, ParseBlock("endwith", "a 'with' block"));
    }

    private GenerationBlock ParseGeneration(int offset)
    {
        if (isInGeneration)
            throw new TemplateFault("'generation' blocks cannot nest", offset);

        isInGeneration = true;
        var body = ParseSealedBlock("endgeneration", "a 'generation' block");
        isInGeneration = false;
        return new GenerationBlock(offset, body);
    }

    // A block whose text is taken as a whole: no loop around it can be left from inside.
    private List<Statement> ParseSealedBlock(string endName, string owner)
    {
        var outerLoops = loopDepth;
        loopDepth = 0;
        var body = ParseBlock(endName, owner);
        loopDepth = outerLoops;
        return body;
    }
}
