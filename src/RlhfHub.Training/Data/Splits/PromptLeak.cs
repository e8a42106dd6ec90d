namespace RlhfHub.Training.Data.Splits;

/// <summary>Prompts that are both learned from and measured on, which flatters every figure.</summary>
/// <param name="Prompts">How many different prompts of the validation data are in the training data too.</param>
/// <param name="AllPrompts">How many different prompts the validation data has.</param>
/// <param name="Rows">How many rows of the validation data have such a prompt.</param>
/// <param name="First">The first of these rows.</param>
/// <param name="InTraining">A row of the training data with the same prompt.</param>
public sealed record PromptLeak(int Prompts, int AllPrompts, int Rows, LinePlace First, LinePlace InTraining)
{
    /// <summary>Looks for prompts that are in both; null when there are none. Texts and conversations count alike.</summary>
    public static PromptLeak? Find(IReadOnlyList<DatasetRow> train, IReadOnlyList<DatasetRow> validation)
    {
        var known = new Dictionary<string, LinePlace>(StringComparer.Ordinal);
        foreach (var row in train) known.TryAdd(row.PromptKey, row.Place);
        var keys = validation.Select(row => row.PromptKey).ToArray();
        var first = Array.FindIndex(keys, known.ContainsKey);
        if (first < 0) return null;
        var leaked = keys.Where(known.ContainsKey).ToArray();
        return new(leaked.Distinct(StringComparer.Ordinal).Count(), keys.Distinct(StringComparer.Ordinal).Count(), leaked.Length, validation[first].Place, known[keys[first]]);
    }

    /// <summary>One sentence with the counts.</summary>
    public string Message =>
        $"{Prompts} of the {AllPrompts} validation prompts ({Count(Rows)}) are also in the training data, first {First} and {InTraining}; expected no prompt in both.";

    private static string Count(int rows) => rows == 1 ? "1 row" : $"{rows} rows";
}
