namespace RlhfHub.Training.Data.Formats;

/// <summary>Every kind of data set that can be read.</summary>
public static class DatasetFormats
{
    /// <summary>All kinds, in the order in which help lists them.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        LanguageModeling.Format,
        PromptOnly.Format,
        PromptCompletion.Format,
        Preference.Format,
        UnpairedPreference.Format,
        Ranking.Format,
        Classification.Format,
    ];
}
