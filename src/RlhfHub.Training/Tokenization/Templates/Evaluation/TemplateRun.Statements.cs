using RlhfHub.Training.Tokenization.Templates.Syntax;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>What each kind of statement does.</summary>
internal sealed partial class TemplateRun
{
    // How a list of statements ended: a break or continue leaves everything up to its loop.
    private enum Completion { Normal, Break, Continue }

    private Completion Execute(IReadOnlyList<Statement> statements)
    {
        Budget.Enter();
        var completion = Completion.Normal;
        for (var i = 0; i < statements.Count && completion == Completion.Normal; i++)
        {
            Budget.Step();
            At(statements[i].Offset);
            completion = Execute(statements[i]);
        }

        Budget.Leave();
        return completion;
    }

    private Completion Execute(Statement statement)
    {
        switch (statement)
        {
            case TextOutput text: Write(text.Text); break;
            case ValueOutput output: WriteValue(output); break;
            case IfStatement branch: return Execute(BranchOf(branch));
            case ForStatement loop: return ExecuteLoop(loop);
            case LoopControl control: return control.IsBreak ? Completion.Break : Completion.Continue;
            case SetStatement set: Assign(set.Target, expressions.Evaluate(set.Value)); break;
            case SetBlock set: ExecuteSetBlock(set); break;
            case MacroStatement macro: scope.Set(macro.Definition.Name, new Macro(macro.Definition, scope)); break;
            case CallBlock call: WriteText(expressions.Call(call.Call, new Macro(call.Caller, scope)), call.Offset); break;
            case FilterBlock filter: ExecuteFilterBlock(filter); break;
            case WithBlock with: return ExecuteWith(with);
            case GenerationBlock generation: ExecuteGeneration(generation); break;
            default: throw new InvalidOperationException($"No execution for {statement.GetType().Name}.");
        }

        return Completion.Normal;
    }

    private void WriteValue(ValueOutput statement) => WriteText(expressions.Evaluate(statement.Value), statement.Offset);

    private void WriteText(object? value, int offset)
    {
        At(offset);
        Write(PyText.Str(value, Budget));
    }

    private IReadOnlyList<Statement> BranchOf(IfStatement statement)
    {
        foreach (var (test, body) in statement.Branches)
        {
            if (expressions.IsTrue(test))
                return body;
        }

        return statement.Else;
    }

    private Completion ExecuteLoop(ForStatement statement)
    {
        var sequence = expressions.Evaluate(statement.Sequence);
        At(statement.Offset);
        var items = Iteration.Items(sequence, Budget, "'for'");
        if (statement.Filter is { } filter)
            items = FilterItems(items, statement.Target, filter);

        var outer = scope;
        var loop = new LoopState(items);
        for (var i = 0; i < items.Count; i++)
        {
            Budget.Step();
            scope = new Scope(outer);
            loop.Index = i;
            At(statement.Offset);
            Assign(statement.Target, items[i]);
            scope.Set("loop", loop);
            if (Execute(statement.Body) == Completion.Break)
                break;
        }

        scope = outer;
        return items.Count == 0 ? ExecuteInOwnScope(statement.Else) : Completion.Normal;
    }

    private List<object?> FilterItems(IReadOnlyList<object?> items, AssignmentTarget target, Expression filter)
    {
        var outer = scope;
        var kept = new List<object?>();
        foreach (var item in items)
        {
            Budget.Step();
            scope = new Scope(outer);
            Assign(target, item);
            if (expressions.IsTrue(filter))
                kept.Add(item);
        }

        scope = outer;
        return kept;
    }

    private Completion ExecuteInOwnScope(IReadOnlyList<Statement> body)
    {
        var outer = scope;
        scope = new Scope(outer);
        var completion = Execute(body);
        scope = outer;
        return completion;
    }

    private string CaptureInOwnScope(IReadOnlyList<Statement> body)
    {
        var outer = scope;
        scope = new Scope(outer);
        var text = Capture(body);
        scope = outer;
        return text;
    }

    private void ExecuteSetBlock(SetBlock set)
    {
        var text = CaptureInOwnScope(set.Body);
        Assign(set.Target, set.Filter is { } filter ? expressions.Filter(filter, text) : text);
    }

    private void ExecuteFilterBlock(FilterBlock block) =>
        WriteText(expressions.Filter(block.Filter, CaptureInOwnScope(block.Body)), block.Offset);

    private Completion ExecuteWith(WithBlock with)
    {
        // Every value is computed before any of the names exists.
        var values = with.Variables.Select(variable => expressions.Evaluate(variable.Value)).ToList();
        var outer = scope;
        scope = new Scope(outer);
        for (var i = 0; i < values.Count; i++)
            Assign(with.Variables[i].Target, values[i]);

        var completion = Execute(with.Body);
        scope = outer;
        return completion;
    }

    private void ExecuteGeneration(GenerationBlock generation)
    {
        var start = output.Length;
        ExecuteInOwnScope(generation.Body);

        // Inside a macro or a captured block nobody knows yet where the text will stand.
        if (blockDepth > 0)
            marksUnplacedText = true;
        else
            assistantSpans.Add(new CharacterSpan(start, output.Length - start));
    }

    private void Assign(AssignmentTarget target, object? value)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                return;
            case NamespaceTarget attribute:
                At(attribute.Offset);
                var space = Resolve(attribute.Namespace) as PyNamespace
                    ?? throw new TemplateFault($"'{attribute.Namespace}' is not a namespace, so its attribute cannot be set; make it with 'namespace()'");
                space.Attributes[attribute.Name] = value;
                return;
            case TupleTarget tuple:
                var items = Iteration.Items(value, Budget, "unpacking");
                if (items.Count != tuple.Items.Count)
                    throw new TemplateFault($"{tuple.Items.Count} names stand for a value of {items.Count} items");

                for (var i = 0; i < items.Count; i++)
                    Assign(tuple.Items[i], items[i]);
                return;
        }
    }
}
