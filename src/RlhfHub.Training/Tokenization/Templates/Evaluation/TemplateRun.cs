using System.Text;
using RlhfHub.Training.Tokenization.Templates.Builtins;
using RlhfHub.Training.Tokenization.Templates.Syntax;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>One rendering of a template: its variables, what it has written so far, and what it may still spend.</summary>
internal sealed partial class TemplateRun
{
    private readonly ExpressionEvaluator expressions;
    private readonly List<CharacterSpan> assistantSpans = [];
    private StringBuilder output = new();
    private Scope scope;
    private int blockDepth;
    private bool marksUnplacedText;

    public TemplateRun(IReadOnlyDictionary<string, object?> variables, TemplateLimits limits, TimeProvider clock)
    {
        Budget = new Budget(limits);
        Clock = clock;
        expressions = new ExpressionEvaluator(this);
        var globals = new Scope(null);
        foreach (var (name, function) in Globals.All)
            globals.Set(name, function);

        // What the caller gives hides the functions of the same name.
        scope = new Scope(globals);
        foreach (var (name, value) in variables)
            scope.Set(name, value);
    }

    public Budget Budget { get; }

    public TimeProvider Clock { get; }

    /// <summary>Where in the source the work stands: a fault happened here.</summary>
    public int Offset { get; private set; }

    public RenderedChat Render(IReadOnlyList<Statement> template, bool withSpans)
    {
        Execute(template);
        if (withSpans && marksUnplacedText)
            throw new TemplateFault("'{% generation %}' stands inside a macro or a captured block, where its place in the text is not known; move it out");

        return new RenderedChat(output.ToString(), assistantSpans);
    }

    public void At(int offset) => Offset = offset;

    public object? Resolve(string name) => scope.TryGet(name, out var value) ? value : new Undefined($"'{name}' is not defined");

    /// <summary>Runs a macro's body; the text that it writes is the value.</summary>
    public string RunMacro(Macro macro, Arguments arguments)
    {
        Budget.Enter();
        var callerScope = scope;
        scope = new Scope(macro.DefinitionScope);
        BindParameters(macro.Definition, arguments);
        var text = Capture(macro.Definition.Body);
        scope = callerScope;
        Budget.Leave();
        return text;
    }

    private void BindParameters(MacroDefinition macro, Arguments arguments)
    {
        foreach (var parameter in macro.Parameters)
        {
            if (arguments.TryTake(parameter.Name, out var value))
                scope.Set(parameter.Name, value);
            else if (parameter.Default is { } fallback)
                scope.Set(parameter.Name, expressions.Evaluate(fallback));
            else
                scope.Set(parameter.Name, new Undefined($"the parameter '{parameter.Name}' was not provided"));
        }

        var names = macro.UsedNames;
        if (names.Contains("caller") && macro.Parameters.All(parameter => parameter.Name != "caller"))
            scope.Set("caller", arguments.TakeKeyword("caller") ?? new Undefined("no caller defined"));

        if (names.Contains("kwargs"))
            scope.Set("kwargs", Globals.ToDict(arguments.TakeKeywords()));

        if (names.Contains("varargs"))
            scope.Set("varargs", new PyTuple(arguments.TakeRest()));

        arguments.RequireAllTaken();
    }

    // Runs statements with an output of their own and gives what they wrote.
    private string Capture(IReadOnlyList<Statement> body)
    {
        var outer = output;
        output = new StringBuilder();
        blockDepth++;
        Execute(body);
        blockDepth--;
        var text = output.ToString();
        output = outer;
        return text;
    }

    private void Write(string text)
    {
        Budget.Text(text.Length);
        output.Append(text);
    }
}
