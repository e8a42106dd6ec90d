using RlhfHub.Training.Tokenization.Templates.Syntax;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Something that a template can call.</summary>
internal abstract class PyFunction
{
    public abstract object? Invoke(TemplateRun run, Arguments arguments);
}

/// <summary>A function that the engine gives to templates: <c>range</c>, <c>namespace</c>, a string's <c>strip</c>, ...</summary>
internal sealed class BuiltinFunction(Func<TemplateRun, Arguments, object?> body) : PyFunction
{
    public override object? Invoke(TemplateRun run, Arguments arguments) => body(run, arguments);
}

/// <summary>A macro with the scope that it was written in; what it prints is its value.</summary>
internal sealed class Macro(MacroDefinition definition, Scope definitionScope) : PyFunction
{
    public MacroDefinition Definition { get; } = definition;

    public Scope DefinitionScope { get; } = definitionScope;

    public override object? Invoke(TemplateRun run, Arguments arguments) => run.RunMacro(this, arguments);
}
