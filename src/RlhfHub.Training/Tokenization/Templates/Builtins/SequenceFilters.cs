using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Filters that take a list, or anything that can be walked through.</summary>
internal static class SequenceFilters
{
    public static Dictionary<string, Filter> All { get; } = new()
    {
        ["length"] = (run, value, _) => Length(value, run),
        ["count"] = (run, value, _) => Length(value, run),
        ["list"] = (run, value, _) => new PyList(Iteration.Items(value, run.Budget, "the filter 'list'")),
        ["first"] = (run, value, _) => First(run, value),
        ["last"] = (run, value, _) => Last(run, value),
        ["reverse"] = Reverse,
        ["join"] = Join,
        ["items"] = Items,
        ["dictsort"] = SortDict,
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["min"] = (run, value, arguments) => Extreme(run, value, arguments, isMax: false),
        ["max"] = (run, value, arguments) => Extreme(run, value, arguments, isMax: true),
        ["sum"] = Sum,
        ["batch"] = Batch,
    };

    public static object Length(object? value, TemplateRun run)
    {
        if (value is string text)
            run.Budget.Walk(text.Length);

        return value switch
        {
            string whole => (long)PythonString.Length(whole),
            PySequence sequence => (long)sequence.Items.Count,
            PyDict dict => (long)dict.Count,
            PyView view => (long)view.Items.Count,
            Undefined => 0L,
            _ => throw PyType.Unfit("the filter 'length'", value),
        };
    }

    private static object? First(TemplateRun run, object? value)
    {
        if (value is PyIterator iterator)
            return iterator.TryTake(out var next) ? next : new Undefined("there is no first item, the sequence is empty");

        var items = Iteration.Items(value, run.Budget, "the filter 'first'");
        return items.Count > 0 ? items[0] : new Undefined("there is no first item, the sequence is empty");
    }

    private static object? Last(TemplateRun run, object? value)
    {
        if (value is PyIterator)
            throw new TemplateFault("the filter 'last' does not take a generator; put it through '| list' first");

        var items = Iteration.Items(value, run.Budget, "the filter 'last'");
        return items.Count > 0 ? items[^1] : new Undefined("there is no last item, the sequence is empty");
    }

    private static object Reverse(TemplateRun run, object? value, Arguments arguments)
    {
        var items = Iteration.Items(value, run.Budget, "the filter 'reverse'");
        run.Budget.Step(items.Count);
        if (value is not string text)
            return new PyIterator([.. items.Reverse()]);

        run.Budget.Text(text.Length);
        return string.Concat(items.Reverse());
    }

    private static object Join(TemplateRun run, object? value, Arguments arguments)
    {
        var separator = PyText.Str(arguments.Take("d", ""), run.Budget);
        var attribute = AttributePath.Take(arguments);
        var parts = new List<string>();
        foreach (var item in Iteration.Items(value, run.Budget, "the filter 'join'"))
        {
            parts.Add(PyText.Str(attribute.Get(item, run.Budget), run.Budget));
            run.Budget.Text(parts[^1].Length + separator.Length);
        }

        return string.Join(separator, parts);
    }

    private static object Items(TemplateRun run, object? value, Arguments arguments) => value switch
    {
        Undefined => new PyIterator([]),
        PyDict dict => new PyIterator([.. dict.Items.Select(item => Pair(item, run))]),
        _ => throw PyType.Unfit("the filter 'items'", value),
    };

    private static PyTuple Pair(KeyValuePair<object?, object?> item, TemplateRun run)
    {
        run.Budget.Step();
        return new PyTuple([item.Key, item.Value]);
    }

    private static object SortDict(TemplateRun run, object? value, Arguments arguments)
    {
        var dict = value as PyDict ?? throw PyType.Unfit("the filter 'dictsort'", value);
        var isCaseSensitive = arguments.TakeFlag("case_sensitive", false);
        var place = arguments.Take("by", "key") switch { "key" => 0, "value" => 1, _ => throw new TemplateFault("'dictsort' sorts by 'key' or by 'value'") };
        var isReverse = arguments.TakeFlag("reverse", false);
        var pairs = dict.Items.Select(object? (item) => Pair(item, run)).ToList();
        return new PyList(StableSort.By(pairs, pair => FoldCase(((PyTuple)pair!).Items[place], isCaseSensitive, run), isReverse, run.Budget));
    }

    private static object Sort(TemplateRun run, object? value, Arguments arguments)
    {
        var isReverse = arguments.TakeFlag("reverse", false);
        var isCaseSensitive = arguments.TakeFlag("case_sensitive", false);
        var paths = AttributePath.TakeSeveral(arguments);
        var items = Iteration.Items(value, run.Budget, "the filter 'sort'");
        return new PyList(StableSort.By(
            items, item => new PyList([.. paths.Select(path => FoldCase(path.Get(item, run.Budget), isCaseSensitive, run))]), isReverse, run.Budget));
    }

    private static object Unique(TemplateRun run, object? value, Arguments arguments)
    {
        var isCaseSensitive = arguments.TakeFlag("case_sensitive", false);
        var path = AttributePath.Take(arguments);
        var seen = new PyDict();
        var kept = new List<object?>();
        foreach (var item in Iteration.Items(value, run.Budget, "the filter 'unique'"))
        {
            run.Budget.Step();
            var key = FoldCase(path.Get(item, run.Budget), isCaseSensitive, run);
            PyDict.RequireHashable(key);
            if (seen.TryGet(key, out _))
                continue;

            seen[key] = true;
            kept.Add(item);
        }

        return new PyIterator(kept);
    }

    private static object? Extreme(TemplateRun run, object? value, Arguments arguments, bool isMax)
    {
        var isCaseSensitive = arguments.TakeFlag("case_sensitive", false);
        var path = AttributePath.Take(arguments);
        var items = Iteration.Items(value, run.Budget, isMax ? "the filter 'max'" : "the filter 'min'");
        if (items.Count == 0)
            return new Undefined("there is no such item, the sequence is empty");

        object? Key(object? item) => FoldCase(path.Get(item, run.Budget), isCaseSensitive, run);
        var best = items[0];
        foreach (var item in items.Skip(1))
        {
            var order = Comparisons.Order(Key(item), Key(best), run.Budget);
            if (isMax ? order > 0 : order < 0)
                best = item;
        }

        return best;
    }

    private static object? Sum(TemplateRun run, object? value, Arguments arguments)
    {
        var path = AttributePath.Take(arguments);
        var total = arguments.Take("start", 0L);
        foreach (var item in Iteration.Items(value, run.Budget, "the filter 'sum'"))
        {
            run.Budget.Step();
            total = Operators.Apply("+", total, path.Get(item, run.Budget), run.Budget);
        }

        return total;
    }

    private static object Batch(TemplateRun run, object? value, Arguments arguments)
    {
        var size = arguments.TakeInteger("linecount", 0);
        var filler = arguments.Take("fill_with", null);
        if (size < 1)
            throw new TemplateFault("'batch' needs a size of at least 1");

        var items = Iteration.Items(value, run.Budget, "the filter 'batch'");
        run.Budget.Step(items.Count + (filler is null ? 0 : Math.Min(size, int.MaxValue)));
        var batches = items.Chunk((int)Math.Min(size, Math.Max(items.Count, 1))).Select(chunk => chunk.ToList()).ToList();
        if (filler is not null && batches.Count > 0)
            batches[^1].AddRange(Enumerable.Repeat<object?>(filler, (int)(size - batches[^1].Count)));

        return new PyIterator([.. batches.Select(batch => new PyList(batch))]);
    }

    private static object? FoldCase(object? value, bool isCaseSensitive, TemplateRun run)
    {
        if (isCaseSensitive || value is not string text)
            return value;

        run.Budget.Text(text.Length);
        return PythonString.Lower(text);
    }
}
