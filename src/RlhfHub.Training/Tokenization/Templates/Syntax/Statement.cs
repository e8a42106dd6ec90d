namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>Something that writes text or changes variables.</summary>
internal abstract record Statement(int Offset);

internal sealed record TextOutput(int Offset, string Text) : Statement(Offset);

internal sealed record ValueOutput(int Offset, Expression Value) : Statement(Offset);

internal sealed record IfStatement(int Offset, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else)
    : Statement(Offset);

internal sealed record ForStatement(
    int Offset, AssignmentTarget Target, Expression Sequence, Expression? Filter, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else) : Statement(Offset);

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
internal sealed record LoopControl(int Offset, bool IsBreak) : Statement(Offset);

internal sealed record SetStatement(int Offset, AssignmentTarget Target, Expression Value) : Statement(Offset);

/// <summary><c>{% set x %}...{% endset %}</c>, perhaps through a filter.</summary>
internal sealed record SetBlock(int Offset, AssignmentTarget Target, FilterCall? Filter, IReadOnlyList<Statement> Body) : Statement(Offset);

internal sealed record MacroStatement(int Offset, MacroDefinition Definition) : Statement(Offset);

/// <summary><c>{% call(user) list() %}...{% endcall %}</c>: calls a macro that finds the body as <c>caller</c>.</summary>
internal sealed record CallBlock(int Offset, MacroDefinition Caller, Call Call) : Statement(Offset);

internal sealed record FilterBlock(int Offset, FilterCall Filter, IReadOnlyList<Statement> Body) : Statement(Offset);

internal sealed record WithBlock(int Offset, IReadOnlyList<(AssignmentTarget Target, Expression Value)> Variables, IReadOnlyList<Statement> Body)
    : Statement(Offset);

/// <summary><c>{% generation %}...{% endgeneration %}</c>: Hugging Face's mark around what the assistant says.</summary>
internal sealed record GenerationBlock(int Offset, IReadOnlyList<Statement> Body) : Statement(Offset);

/// <summary>What a macro takes and does. <c>UsedNames</c> tells whether it reads <c>varargs</c>, <c>kwargs</c> or <c>caller</c>: only then may they be given.</summary>
internal sealed record MacroDefinition(
    string Name, IReadOnlyList<MacroParameter> Parameters, IReadOnlyList<Statement> Body, IReadOnlySet<string> UsedNames);

internal sealed record MacroParameter(string Name, Expression? Default);

/// <summary>What a value can be assigned to.</summary>
internal abstract record AssignmentTarget(int Offset);

internal sealed record NameTarget(int Offset, string Name) : AssignmentTarget(Offset);

internal sealed record TupleTarget(int Offset, IReadOnlyList<AssignmentTarget> Items) : AssignmentTarget(Offset);

/// <summary><c>ns.name</c>: the attribute of a namespace object.</summary>
internal sealed record NamespaceTarget(int Offset, string Namespace, string Name) : AssignmentTarget(Offset);
