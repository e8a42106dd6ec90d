namespace RlhfHub.Domain.Labeling;

/// <summary>
/// Between what the rater saw and what is stored. A page knows replies only by where it shows them; the task's own places never leave the server, because in old against new they would tell who wrote what.
/// </summary>
public static class ShownAnswer
{
    /// <summary>An answer in shown positions as one in the task's places.</summary>
    /// <param name="answer">What the page sent.</param>
    /// <param name="displayOrder">The places in the order in which they were shown, as in <see cref="Assignment.DisplayOrder"/>.</param>
    public static Answer ToPlaces(Answer answer, string displayOrder) => Map(answer, shown => displayOrder[shown] - '0', shownOf: false, displayOrder);

    /// <summary>A stored answer as the page shows it.</summary>
    public static Answer ToShown(Answer answer, string displayOrder) => Map(answer, place => displayOrder.IndexOf((char)('0' + place), StringComparison.Ordinal), shownOf: true, displayOrder);

    private static Answer Map(Answer answer, Func<int, int> map, bool shownOf, string displayOrder) => answer switch
    {
        ComparisonAnswer comparison => comparison with
        {
            Better = comparison.Better is { } better ? map(better) : null,
            Aspects = displayOrder == "10" ? comparison.Aspects.ToDictionary(aspect => aspect.Key, aspect => -aspect.Value) : comparison.Aspects,
        },
        RankingAnswer ranking when ranking.Ranks.Count == displayOrder.Length => ranking with { Ranks = Permute(ranking.Ranks, shownOf, displayOrder) },
        DemonstrationAnswer { DraftPlace: { } place } demonstration => demonstration with { DraftPlace = map(place) },
        _ => answer,
    };

    private static int[] Permute(IReadOnlyList<int> ranks, bool shownOf, string displayOrder)
    {
        var mapped = new int[ranks.Count];
        for (var shown = 0; shown < ranks.Count; shown++)
        {
            var place = displayOrder[shown] - '0';
            if (shownOf) mapped[shown] = ranks[place];
            else mapped[place] = ranks[shown];
        }
        return mapped;
    }
}
