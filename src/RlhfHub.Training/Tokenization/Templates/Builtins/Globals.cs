using System.Globalization;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>The functions that every template finds: Jinja's <c>range, dict, namespace</c> and Hugging Face's <c>raise_exception, strftime_now</c>.</summary>
internal static class Globals
{
    // As in Jinja's sandbox.
    private const int LongestRange = 100_000;

    public static IReadOnlyDictionary<string, PyFunction> All { get; } = new Dictionary<string, PyFunction>
    {
        ["range"] = new BuiltinFunction(Range),
        ["dict"] = new BuiltinFunction((_, arguments) => FromArguments(arguments)),
        ["namespace"] = new BuiltinFunction(Namespace),
        ["raise_exception"] = new BuiltinFunction(Raise),
        ["strftime_now"] = new BuiltinFunction((run, arguments) => StrftimeFormat.Format(run.Clock.GetLocalNow(), Only(arguments), run.Budget)),
    };

    public static PyDict ToDict(Dictionary<string, object?> entries)
    {
        var dict = new PyDict();
        foreach (var (name, value) in entries)
            dict[name] = value;

        return dict;
    }

    private static string Only(Arguments arguments)
    {
        var format = arguments.TakeText("format");
        arguments.RequireAllTaken();
        return format;
    }

    private static object? Raise(TemplateRun run, Arguments arguments)
    {
        var message = arguments.TakeRequired("message");
        arguments.RequireAllTaken();
        throw new TemplateRefusal(PyText.Str(message, run.Budget));
    }

    private static PyView Range(TemplateRun run, Arguments arguments)
    {
        var bounds = arguments.TakeRest();
        arguments.RequireAllTaken();
        if (bounds.Count is < 1 or > 3)
            throw new TemplateFault("'range' takes one to three whole numbers");

        var numbers = bounds.Select(bound => PyNumber.TryInteger(bound, out var number) ? number : throw PyType.Unfit("'range'", bound)).ToList();
        var (start, stop) = numbers.Count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1]);
        var step = numbers.Count == 3 ? numbers[2] : 1;
        if (step == 0)
            throw new TemplateFault("the step of 'range' cannot be zero");

        var span = step > 0 ? (decimal)stop - start : (decimal)start - stop;
        var count = span <= 0 ? 0 : Math.Ceiling(span / Math.Abs((decimal)step));
        if (count > LongestRange)
            throw new TemplateFault($"'range' may have {LongestRange} numbers at most");

        run.Budget.Step(1 + (long)count);
        var items = Enumerable.Range(0, (int)count).Select(object? (i) => start + i * step).ToList();
        var text = step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";
        return new PyView("range", items, text.ToString(CultureInfo.InvariantCulture));
    }

    private static PyNamespace Namespace(TemplateRun run, Arguments arguments)
    {
        var space = new PyNamespace();
        foreach (var (key, value) in FromArguments(arguments).Items)
            space.Attributes[key as string ?? throw new TemplateFault("the names in a namespace must be strings")] = value;

        return space;
    }

    private static PyDict FromArguments(Arguments arguments)
    {
        var dict = new PyDict();
        if (arguments.TryTake("mapping", out var first))
        {
            var given = first as PyDict ?? throw PyType.Unfit(arguments.Callee, first);
            foreach (var (key, value) in given.Items)
                dict[key] = value;
        }

        foreach (var (name, value) in arguments.TakeKeywords())
            dict[name] = value;

        arguments.RequireAllTaken();
        return dict;
    }
}
