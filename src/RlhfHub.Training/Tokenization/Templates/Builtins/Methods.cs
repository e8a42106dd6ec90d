using System.Collections.Frozen;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>The methods of values, bound to their value: <c>text.strip</c>, <c>dict.items</c>, <c>list.index</c>.</summary>
internal static class Methods
{
    private static readonly FrozenDictionary<string, Func<string, TemplateRun, Arguments, object?>> OfStrings = StringMethods.All.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<PyDict, TemplateRun, Arguments, object?>> OfDicts =
        new Dictionary<string, Func<PyDict, TemplateRun, Arguments, object?>>
        {
            ["items"] = (dict, run, _) => View("dict_items", dict, dict.Items.Select(item => new PyTuple([item.Key, item.Value])), run),
            ["keys"] = (dict, run, _) => View("dict_keys", dict, dict.Keys, run),
            ["values"] = (dict, run, _) => View("dict_values", dict, dict.Values, run),
            ["get"] = (dict, run, arguments) =>
            {
                var key = arguments.TakeRequired("key");
                PyDict.RequireHashable(key);
                var fallback = arguments.Take("default", null);
                return dict.TryGet(key, out var value) ? value : fallback;
            },
            ["copy"] = (dict, _, _) => dict,
        }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<PySequence, TemplateRun, Arguments, object?>> OfSequences =
        new Dictionary<string, Func<PySequence, TemplateRun, Arguments, object?>>
        {
            ["index"] = (list, run, arguments) => FindIndex(list, arguments.TakeRequired("value"), run),
            ["count"] = (list, run, arguments) => CountEqual(list, arguments.TakeRequired("value"), run),
            ["copy"] = (list, _, _) => list,
        }.ToFrozenDictionary();

    // A template must not change the conversation that it is given; Hugging Face's sandbox refuses these as well.
    private static readonly FrozenSet<string> ChangingLists = FrozenSet.ToFrozenSet(["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]);
    private static readonly FrozenSet<string> ChangingDicts = FrozenSet.ToFrozenSet(["clear", "pop", "popitem", "setdefault", "update"]);

    public static object? Find(object? target, string name)
    {
        switch (target)
        {
            case string text when OfStrings.TryGetValue(name, out var method):
                return Bind((run, arguments) => method(text, run, arguments));
            case PyDict dict when OfDicts.TryGetValue(name, out var method):
                return Bind((run, arguments) => method(dict, run, arguments));
            case PySequence sequence when OfSequences.TryGetValue(name, out var method):
                return Bind((run, arguments) => method(sequence, run, arguments));
            case PyList when ChangingLists.Contains(name):
            case PyDict when ChangingDicts.Contains(name):
                return new Undefined($"'{name}' would change a {PyType.Name(target)}, which a chat template may not; build a new one with '+'");
            default:
                return null;
        }
    }

    private static BuiltinFunction Bind(Func<TemplateRun, Arguments, object?> body) => new((run, arguments) =>
    {
        var result = body(run, arguments);
        arguments.RequireAllTaken();
        return result;
    });

    private static PyView View(string kind, PyDict dict, IEnumerable<object?> items, TemplateRun run)
    {
        run.Budget.Step(1 + dict.Count);
        return new PyView(kind, [.. items]);
    }

    private static object FindIndex(PySequence list, object? value, TemplateRun run)
    {
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (PyEquality.AreEqual(list.Items[i], value, run.Budget))
                return (long)i;
        }

        throw new TemplateFault("'index' does not find its value in the list");
    }

    private static object CountEqual(PySequence list, object? value, TemplateRun run) =>
        list.Items.LongCount(item => PyEquality.AreEqual(item, value, run.Budget));
}
