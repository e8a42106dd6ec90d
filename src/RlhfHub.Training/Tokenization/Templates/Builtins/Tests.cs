using System.Collections.Frozen;
using System.Numerics;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>What <c>value is name</c> asks. https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-tests</summary>
internal static class Tests
{
    public static FrozenDictionary<string, Func<TemplateRun, object?, Arguments, bool>> All { get; } =
        new Dictionary<string, Func<TemplateRun, object?, Arguments, bool>>
        {
            ["defined"] = (_, value, _) => value is not Undefined,
            ["undefined"] = (_, value, _) => value is Undefined,
            ["none"] = (_, value, _) => value is null,
            ["boolean"] = (_, value, _) => value is bool,
            ["true"] = (_, value, _) => value is true,
            ["false"] = (_, value, _) => value is false,
            ["integer"] = (_, value, _) => value is long or BigInteger,
            ["float"] = (_, value, _) => value is double,
            ["number"] = (_, value, _) => value is long or double or bool or BigInteger,
            ["string"] = (_, value, _) => value is string,
            ["mapping"] = (_, value, _) => value is PyDict,
            ["sequence"] = (_, value, _) => value is string or PySequence or PyDict or PyView { IsIndexable: true } or Undefined,
            ["iterable"] = (_, value, _) => Iteration.IsIterable(value),
            ["callable"] = (_, value, _) => value is PyFunction or Undefined,
            ["odd"] = (run, value, _) => Remainder(run, value, 2L) == 1,
            ["even"] = (run, value, _) => Remainder(run, value, 2L) == 0,
            ["divisibleby"] = (run, value, arguments) => Remainder(run, value, arguments.TakeRequired("num")) == 0,
            ["lower"] = (run, value, _) => StringMethods.IsCased(PyText.Str(value, run.Budget), run, System.Text.Rune.IsLower, System.Text.Rune.IsUpper),
            ["upper"] = (run, value, _) => StringMethods.IsCased(PyText.Str(value, run.Budget), run, System.Text.Rune.IsUpper, System.Text.Rune.IsLower),
            ["sameas"] = (_, value, arguments) => IsSame(value, arguments.TakeRequired("other")),
            ["in"] = (run, value, arguments) => Comparisons.Contains(arguments.TakeRequired("seq"), value, run.Budget),
            ["filter"] = (_, value, _) => value is string name && Filters.All.ContainsKey(name),
            ["test"] = (_, value, _) => value is string name && All!.ContainsKey(name),
            ["escaped"] = (_, _, _) => false,
            ["eq"] = Compare("=="),
            ["equalto"] = Compare("=="),
            ["=="] = Compare("=="),
            ["ne"] = Compare("!="),
            ["!="] = Compare("!="),
            ["lt"] = Compare("<"),
            ["lessthan"] = Compare("<"),
            ["<"] = Compare("<"),
            ["le"] = Compare("<="),
            ["<="] = Compare("<="),
            ["gt"] = Compare(">"),
            ["greaterthan"] = Compare(">"),
            [">"] = Compare(">"),
            ["ge"] = Compare(">="),
            [">="] = Compare(">="),
        }.ToFrozenDictionary();

    public static bool Apply(string name, TemplateRun run, object? value, Arguments arguments)
    {
        if (!All.TryGetValue(name, out var test))
            throw new TemplateFault($"there is no test named '{name}'");

        run.Budget.Call();
        var holds = test(run, value, arguments);
        arguments.RequireAllTaken();
        return holds;
    }

    private static Func<TemplateRun, object?, Arguments, bool> Compare(string symbol) =>
        (run, value, arguments) => Comparisons.Holds(symbol, value, arguments.TakeRequired("other"), run.Budget);

    private static double Remainder(TemplateRun run, object? value, object? divisor)
    {
        if (!PyNumber.TryFloat(value, out _))
            throw PyType.Unfit("a test of remainders", value);

        return Operators.Apply("%", value, divisor, run.Budget) switch
        {
            long whole => whole,
            double real => real,
            _ => double.NaN,
        };
    }

    private static bool IsSame(object? value, object? other) => (value, other) switch
    {
        (bool a, bool b) => a == b,
        (long a, long b) => a == b,
        (string a, string b) => a == b,
        _ => ReferenceEquals(value, other),
    };
}
