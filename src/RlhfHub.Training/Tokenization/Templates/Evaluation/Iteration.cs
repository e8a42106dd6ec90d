using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Walking through a value, as a for loop does: a dictionary gives its keys, a string its characters, an undefined value nothing.</summary>
internal static class Iteration
{
    public static bool IsIterable(object? value) => value is string or PySequence or PyDict or PyView or PyIterator or Undefined or LoopState;

    public static IReadOnlyList<object?> Items(object? value, Budget budget, string operation)
    {
        IReadOnlyList<object?> items = value switch
        {
            PySequence sequence => sequence.Items,
            PyView view => view.Items,
            PyDict dict => [.. dict.Keys],
            PyIterator iterator => iterator.TakeAll(),
            string text => Characters(text, budget),
            Undefined => [],
            _ => throw PyType.Unfit(operation, value),
        };

        // Walking is paid for item by item where it is done; this is for laying the items out.
        budget.Step(1 + items.Count / 8);
        return items;
    }

    private static List<string> Characters(string text, Budget budget)
    {
        budget.Step(text.Length);
        return PythonString.Characters(text);
    }
}
