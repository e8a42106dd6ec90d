using RlhfHub.Training.Tokenization.Templates.Builtins;
using RlhfHub.Training.Tokenization.Templates.Syntax;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Gives an expression's value.</summary>
internal sealed class ExpressionEvaluator(TemplateRun run)
{
    private Budget Budget => run.Budget;

    public object? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case Literal literal:
                Budget.Step();
                return literal.Value;
            case NameReference name:
                Budget.Step();
                return run.Resolve(name.Name);
        }

        Budget.Enter();
        var value = EvaluateNested(expression);
        Budget.Leave();
        return value;
    }

    public bool IsTrue(Expression expression) => PyType.IsTrue(Evaluate(expression));

    /// <summary>A filter applied to text that a block made, where no expression stands before the <c>|</c>.</summary>
    public object? Filter(FilterCall filter, string blockText)
    {
        Budget.Enter();
        var value = filter.Target is FilterCall inner ? Filter(inner, blockText) : blockText;
        value = Apply(filter, value);
        Budget.Leave();
        return value;
    }

    public object? Call(Call call, Macro? caller)
    {
        var target = Evaluate(call.Target);
        var arguments = ArgumentsOf(call.Arguments, NameOf(call.Target), caller);
        run.At(call.Offset);
        return target switch
        {
            PyFunction function => function.Invoke(run, arguments),
            Undefined undefined => throw new TemplateFault(undefined.Reason),
            _ => throw new TemplateFault($"{NameOf(call.Target)} is of type {PyType.Name(target)} and cannot be called"),
        };
    }

    private object? EvaluateNested(Expression expression)
    {
        switch (expression)
        {
            case ListLiteral list: return new PyList(EvaluateAll(list.Items));
            case TupleLiteral tuple: return new PyTuple(EvaluateAll(tuple.Items));
            case DictLiteral dict: return EvaluateDict(dict);
            case Negation negation: return !IsTrue(negation.Operand);
            case Logical logical: return EvaluateLogical(logical);
            case Comparison comparison: return EvaluateComparison(comparison);
            case Concatenation concatenation: return EvaluateConcatenation(concatenation);
            case Conditional conditional: return EvaluateConditional(conditional);
            case Call call: return Call(call, caller: null);
            case SliceAccess slice: return EvaluateSlice(slice);
            case SignedNumber signed:
                var number = Evaluate(signed.Operand);
                run.At(signed.Offset);
                return Operators.Signed(signed.Sign, number);
            case Arithmetic arithmetic:
                var (left, right) = (Evaluate(arithmetic.Left), Evaluate(arithmetic.Right));
                run.At(arithmetic.Offset);
                return Operators.Apply(arithmetic.Operator, left, right, Budget);
            case AttributeAccess access:
                var owner = Evaluate(access.Target);
                run.At(access.Offset);
                return Access.Attribute(owner, access.Name);
            case IndexAccess access:
                var (container, key) = (Evaluate(access.Target), Evaluate(access.Index));
                run.At(access.Offset);
                return Access.Index(container, key, Budget);
            case FilterCall filter:
                return Apply(filter, Evaluate(filter.Target!));
            case TestCall test:
                var subject = Evaluate(test.Target);
                var arguments = ArgumentsOf(test.Arguments, $"the test '{test.Name}'");
                run.At(test.Offset);
                return Tests.Apply(test.Name, run, subject, arguments);
            default:
                throw new InvalidOperationException($"No evaluation for {expression.GetType().Name}.");
        }
    }

    private object? Apply(FilterCall filter, object? value)
    {
        var arguments = ArgumentsOf(filter.Arguments, $"the filter '{filter.Name}'");
        run.At(filter.Offset);
        return Filters.Apply(filter.Name, run, value, arguments);
    }

    private List<object?> EvaluateAll(IReadOnlyList<Expression> items)
    {
        var values = new List<object?>(items.Count);
        foreach (var item in items)
            values.Add(Evaluate(item));

        return values;
    }

    private PyDict EvaluateDict(DictLiteral literal)
    {
        var dict = new PyDict();
        foreach (var (key, value) in literal.Items)
        {
            var name = Evaluate(key);
            run.At(key.Offset);
            PyDict.RequireHashable(name);
            dict[name] = Evaluate(value);
        }

        return dict;
    }

    private object? EvaluateLogical(Logical logical)
    {
        var left = Evaluate(logical.Left);
        return PyType.IsTrue(left) == logical.IsAnd ? Evaluate(logical.Right) : left;
    }

    private object EvaluateComparison(Comparison comparison)
    {
        var left = Evaluate(comparison.First);
        foreach (var (symbol, operand) in comparison.Steps)
        {
            var right = Evaluate(operand);
            run.At(comparison.Offset);
            if (!Comparisons.Holds(symbol, left, right, Budget))
                return false;

            left = right;
        }

        return true;
    }

    private string EvaluateConcatenation(Concatenation concatenation)
    {
        var parts = new List<string>(concatenation.Parts.Count);
        foreach (var part in concatenation.Parts)
        {
            var value = Evaluate(part);
            run.At(part.Offset);
            parts.Add(PyText.Str(value, Budget));
            Budget.Text(parts[^1].Length);
        }

        return string.Concat(parts);
    }

    private object? EvaluateConditional(Conditional conditional)
    {
        if (IsTrue(conditional.Test))
            return Evaluate(conditional.Then);

        return conditional.Else is { } otherwise
            ? Evaluate(otherwise)
            : new Undefined("the condition of an 'if' without 'else' does not hold, so there is no value");
    }

    private object? EvaluateSlice(SliceAccess slice)
    {
        var target = Evaluate(slice.Target);
        var start = slice.Start is null ? null : Evaluate(slice.Start);
        var stop = slice.Stop is null ? null : Evaluate(slice.Stop);
        var step = slice.Step is null ? null : Evaluate(slice.Step);
        run.At(slice.Offset);
        return Access.Slice(target, start, stop, step, Budget);
    }

    private Arguments ArgumentsOf(CallArguments arguments, string callee, Macro? caller = null)
    {
        var positional = EvaluateAll(arguments.Positional);
        if (arguments.Spread is { } spread)
            positional.AddRange(Iteration.Items(Evaluate(spread), Budget, "'*' before an argument"));

        var keyword = new Dictionary<string, object?>();
        foreach (var (name, value) in arguments.Keyword)
        {
            if (!keyword.TryAdd(name, Evaluate(value)))
                throw new TemplateFault($"{callee} gets its argument '{name}' twice", value.Offset);
        }

        if (arguments.KeywordSpread is { } keywordSpread)
            AddKeywords(keyword, Evaluate(keywordSpread), callee);

        if (caller is not null)
            keyword["caller"] = caller;

        return new Arguments(callee, positional, keyword);
    }

    private static void AddKeywords(Dictionary<string, object?> keyword, object? spread, string callee)
    {
        var dict = spread as PyDict ?? throw PyType.Unfit("'**' before an argument", spread);
        foreach (var (key, value) in dict.Items)
        {
            if (key is not string name || !keyword.TryAdd(name, value))
                throw new TemplateFault($"{callee} gets an argument twice, or one whose name is not a string");
        }
    }

    private static string NameOf(Expression target) => target switch
    {
        NameReference name => $"'{name.Name}'",
        AttributeAccess access => $"'{access.Name}'",
        _ => "the value",
    };
}
