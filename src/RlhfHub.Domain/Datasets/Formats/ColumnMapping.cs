namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>Which column of a table holds what, by the names in its first line. What nobody claims becomes extra fields. The columns that are there decide the
/// kind of example.</summary>
public sealed record ColumnMapping
{
    /// <summary>A text of its own, to imitate or to label.</summary>
    public string? Text { get; init; }

    /// <summary>The prompt: one text of the user, or a JSON list of messages.</summary>
    public string? Prompt { get; init; }

    /// <summary>The reply.</summary>
    public string? Completion { get; init; }

    /// <summary>The better reply.</summary>
    public string? Chosen { get; init; }

    /// <summary>The other reply.</summary>
    public string? Rejected { get; init; }

    /// <summary>By how much the better one is better.</summary>
    public string? Margin { get; init; }

    /// <summary>Beside a completion: whether it is good (true, false, 1 or 0). Else the label, or a JSON list of labels.</summary>
    public string? Label { get; init; }

    /// <summary>A JSON list of replies.</summary>
    public string? Responses { get; init; }

    /// <summary>A JSON list of their places, 1 for the best.</summary>
    public string? Ranking { get; init; }

    /// <summary>The source's own name for the row.</summary>
    public string? Id { get; init; }

    /// <summary>A JSON list of tags.</summary>
    public string? Tags { get; init; }

    /// <summary>Where the row comes from.</summary>
    public string? Source { get; init; }

    /// <summary>The part of the data set.</summary>
    public string? Split { get; init; }

    /// <summary>A JSON list with each reply's origin.</summary>
    public string? Origins { get; init; }

    /// <summary>A JSON object of extra fields.</summary>
    public string? Extra { get; init; }

    /// <summary>The mapping that a table's column names suggest, whatever their case: our own names and some that others use, such as question and
    /// answer.</summary>
    public static ColumnMapping Suggest(IReadOnlyList<string> header)
    {
        string? Find(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                if (header.FirstOrDefault(column => column.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
            return null;
        }
        return new()
        {
            Text = Find("text"),
            Prompt = Find("prompt", "question", "instruction"),
            Completion = Find("completion", "response", "answer", "output"),
            Chosen = Find("chosen", "preferred"),
            Rejected = Find("rejected", "dispreferred"),
            Margin = Find("margin"),
            Label = Find("label", "labels"),
            Responses = Find("responses"),
            Ranking = Find("ranking"),
            Id = Find("id"),
            Tags = Find("tags"),
            Source = Find("source"),
            Split = Find("split"),
            Origins = Find("origins"),
            Extra = Find("extra"),
        };
    }

    /// <summary>The kind of example that rows are, or null where the columns make none.</summary>
    public ExampleKind? Kind => this switch
    {
        { Responses: not null, Ranking: not null } => ExampleKind.Ranking,
        { Chosen: not null, Rejected: not null } => ExampleKind.Preference,
        { Prompt: not null, Completion: not null, Label: not null } => ExampleKind.Unpaired,
        { Prompt: not null, Completion: not null } => ExampleKind.Demonstration,
        { Label: not null, Text: not null } or { Label: not null, Prompt: not null } => ExampleKind.Classification,
        { Prompt: not null } => ExampleKind.Prompt,
        { Text: not null } => ExampleKind.Text,
        _ => null,
    };

    /// <summary>Every column that it names.</summary>
    internal IEnumerable<string> Names =>
        new[] { Text, Prompt, Completion, Chosen, Rejected, Margin, Label, Responses, Ranking, Id, Tags, Source, Split, Origins, Extra }.OfType<string>();
}
