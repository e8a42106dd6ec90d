using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary><c>map, select, reject, selectattr, rejectattr</c>: one attribute, filter or test over all items.</summary>
internal static class SelectionFilters
{
    public static Dictionary<string, Filter> All { get; } = new()
    {
        ["map"] = Map,
        ["select"] = (run, value, arguments) => Select(run, value, arguments, byAttribute: false, keeps: true),
        ["reject"] = (run, value, arguments) => Select(run, value, arguments, byAttribute: false, keeps: false),
        ["selectattr"] = (run, value, arguments) => Select(run, value, arguments, byAttribute: true, keeps: true),
        ["rejectattr"] = (run, value, arguments) => Select(run, value, arguments, byAttribute: true, keeps: false),
    };

    private static object Map(TemplateRun run, object? value, Arguments arguments)
    {
        Func<object?, object?> transform;
        if (arguments.Count == 0 && arguments.TakeKeyword("attribute") is { } attribute)
        {
            var path = AttributePath.Of(attribute);
            var fallback = arguments.TakeKeyword("default");
            transform = item => path.Get(item, run.Budget) switch { Undefined when fallback is not null => fallback, var found => found };
        }
        else
        {
            var name = arguments.TakeText("filter");
            var (positional, keyword) = (arguments.TakeRest(), arguments.TakeKeywords());
            transform = item => Filters.Apply(name, run, item, new Arguments($"the filter '{name}'", positional, new(keyword)));
        }

        var mapped = new List<object?>();
        foreach (var item in Items(run, value, "the filter 'map'"))
            mapped.Add(transform(item));

        return new PyIterator(mapped);
    }

    private static object Select(TemplateRun run, object? value, Arguments arguments, bool byAttribute, bool keeps)
    {
        var path = byAttribute ? AttributePath.Of(arguments.TakeRequired("attribute")) : AttributePath.Of(null);
        var test = arguments.Count > 0 ? arguments.TakeText("test") : null;
        var (positional, keyword) = (arguments.TakeRest(), arguments.TakeKeywords());
        var kept = new List<object?>();
        foreach (var item in Items(run, value, arguments.Callee))
        {
            var subject = path.Get(item, run.Budget);
            var holds = test is null
                ? PyType.IsTrue(subject)
                : Tests.Apply(test, run, subject, new Arguments($"the test '{test}'", positional, new(keyword)));
            if (holds == keeps)
                kept.Add(item);
        }

        return new PyIterator(kept);
    }

    // Filters may hold filters, and none of them is an expression: the depth is counted here.
    private static IEnumerable<object?> Items(TemplateRun run, object? value, string operation)
    {
        // Nothing and zero have no items, and are not asked for them.
        if (!PyType.IsTrue(value))
            yield break;

        run.Budget.Enter();
        foreach (var item in Iteration.Items(value, run.Budget, operation))
        {
            run.Budget.Step();
            yield return item;
        }

        run.Budget.Leave();
    }
}
