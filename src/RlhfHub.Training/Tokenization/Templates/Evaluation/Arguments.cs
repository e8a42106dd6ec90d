using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>
/// The arguments of one call. The callee takes them one by one in the order of its parameters, each by position or by name, and ends with
/// <see cref="RequireAllTaken"/>: what is left over is a mistake.
/// </summary>
internal sealed class Arguments(string callee, IReadOnlyList<object?> positional, Dictionary<string, object?>? keyword = null)
{
    private readonly Dictionary<string, object?> keyword = keyword ?? [];
    private int next;

    public static Arguments Empty(string callee) => new(callee, []);

    /// <summary>What is called, for messages.</summary>
    public string Callee { get; } = callee;

    /// <summary>How many positional arguments are left.</summary>
    public int Count => positional.Count - next;

    /// <summary>An argument that can only be given by name; null when it is not there.</summary>
    public object? TakeKeyword(string name) => keyword.Remove(name, out var value) ? value : null;

    public bool TryTake(string name, out object? value)
    {
        if (next < positional.Count)
        {
            if (keyword.ContainsKey(name))
                throw new TemplateFault($"{Callee} gets its argument '{name}' twice");

            value = positional[next++];
            return true;
        }

        return keyword.Remove(name, out value);
    }

    public object? Take(string name, object? fallback) => TryTake(name, out var value) ? value : fallback;

    public object? TakeRequired(string name) =>
        TryTake(name, out var value) ? value : throw new TemplateFault($"{Callee} needs its argument '{name}'");

    public string TakeText(string name) => TakeRequired(name) as string ?? throw WrongKind(name, "a string");

    public string? TakeOptionalText(string name) => Take(name, null) switch
    {
        null => null,
        string text => text,
        _ => throw WrongKind(name, "a string"),
    };

    public long TakeInteger(string name, long fallback) =>
        PyNumber.TryInteger(Take(name, fallback), out var number) ? number : throw WrongKind(name, "a whole number");

    public bool TakeFlag(string name, bool fallback) => PyType.IsTrue(Take(name, fallback));

    public IReadOnlyList<object?> TakeRest()
    {
        var rest = positional.Skip(next).ToList();
        next = positional.Count;
        return rest;
    }

    public Dictionary<string, object?> TakeKeywords()
    {
        var all = new Dictionary<string, object?>(keyword);
        keyword.Clear();
        return all;
    }

    public void RequireAllTaken()
    {
        if (next < positional.Count)
            throw new TemplateFault($"{Callee} takes {next} arguments at most, not {positional.Count}");

        foreach (var name in keyword.Keys)
            throw new TemplateFault($"{Callee} takes no argument named '{name}'");
    }

    private TemplateFault WrongKind(string name, string expected) => new($"the argument '{name}' of {Callee} must be {expected}");
}
