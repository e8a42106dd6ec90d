namespace RlhfHub.Domain.Datasets;

/// <summary>What an example says in the words of another kind. Nothing here happens by itself: an export that needs one asks for it, because each leaves
/// something out. Id, tags, source, split and extra fields stay.</summary>
public static class ExampleProjections
{
    /// <summary>Every two replies of a ranking of which one is better, the best ones first; tied replies, and replies with the same text, make no pair. Says
    /// nothing about ties.</summary>
    public static IEnumerable<PreferenceExample> ToPairs(this RankingExample ranking)
    {
        var order = Enumerable.Range(0, ranking.Responses.Count).OrderBy(i => ranking.Ranking[i]).ToArray();
        foreach (var better in order)
            foreach (var worse in order.Where(i => ranking.Ranking[i] > ranking.Ranking[better] && ranking.Responses[i].Text != ranking.Responses[better].Text))
                yield return new PreferenceExample(ranking.Prompt, ranking.Responses[better], ranking.Responses[worse]).WithFieldsOf(ranking);
    }

    /// <summary>The chosen reply as a good one and the rejected as a bad one. Loses that they were compared, and the margin.</summary>
    public static IEnumerable<UnpairedExample> ToUnpaired(this PreferenceExample pair) =>
    [
        new UnpairedExample(pair.Prompt, pair.Chosen, true).WithFieldsOf(pair),
        new UnpairedExample(pair.Prompt, pair.Rejected, false).WithFieldsOf(pair),
    ];

    /// <summary>The pair as a ranking of two. Loses the margin.</summary>
    public static RankingExample ToRanking(this PreferenceExample pair) =>
        new RankingExample(pair.Prompt, [pair.Chosen, pair.Rejected], [1, 2]).WithFieldsOf(pair);

    /// <summary>The chosen reply as one to learn. Loses the rejected one.</summary>
    public static DemonstrationExample ToDemonstration(this PreferenceExample pair) => new DemonstrationExample(pair.Prompt, pair.Chosen).WithFieldsOf(pair);

    /// <summary>The prompt alone, or null where there is none to answer.</summary>
    public static PromptExample? ToPrompt(this DemonstrationExample demonstration)
    {
        var prompt = new PromptExample(demonstration.Prompt).WithFieldsOf(demonstration);
        return ExampleRules.Problem(prompt) is null ? prompt : null;
    }

    private static T WithFieldsOf<T>(this T example, Example other) where T : Example =>
        example with { Id = other.Id, Tags = other.Tags, Source = other.Source, Split = other.Split, Extra = other.Extra };
}
