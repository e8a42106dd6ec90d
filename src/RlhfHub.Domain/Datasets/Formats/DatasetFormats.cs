namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>Every format that data sets come in and go out. A new one is a file with its reading and writing, and a line here.</summary>
public static class DatasetFormats
{
    /// <summary>All of them; where several would read a file, the first is suggested.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        ShareGpt.Format,
        OpenAssistantTrees.Format,
        Arena.Format,
        Alpaca.Format,
        HhRlhf.Format,
        Preference.Plain,
        Preference.Conversational,
        Preference.Implicit,
        Preference.ImplicitConversational,
        Ranking.Plain,
        Ranking.Conversational,
        UnpairedPreference.Plain,
        UnpairedPreference.Conversational,
        PromptCompletion.Plain,
        PromptCompletion.Conversational,
        Classification.Format,
        OpenAiChat.Format,
        PromptOnly.Plain,
        PromptOnly.Conversational,
        LanguageModelling.Format,
        Tables.Csv,
        Tables.Tsv,
    ];

    /// <summary>The format of that name, or null.</summary>
    public static DatasetFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The format that a file seems to have, by its first bytes; null where none fits, or the first record is longer than these. A suggestion: people
    /// may know better.</summary>
    /// <param name="beginning">The first bytes, compressed or not; 256 KB are plenty.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<DatasetFormat?> DetectAsync(ReadOnlyMemory<byte> beginning, CancellationToken cancellationToken = default)
    {
        var sample = await DatasetSample.ReadAsync(beginning, cancellationToken);
        if (All.FirstOrDefault(format => format.Looks(sample)) is { } format) return format;
        // A bad record among good ones must not hide what the file is: the format of more than half of them.
        var votes = sample.Objects.Select(record => All.FirstOrDefault(candidate => candidate.Looks(sample with { Objects = [record] }))).OfType<DatasetFormat>().GroupBy(candidate => candidate);
        return votes.OrderByDescending(group => group.Count()).FirstOrDefault(group => 2 * group.Count() > sample.Objects.Count)?.Key;
    }
}
