namespace RlhfHub.Domain.Labeling;

/// <summary>Whether an answer to a gold task is the known one.</summary>
public static class GoldCheck
{
    /// <summary>
    /// Comparisons agree on the better reply whatever the strength; rankings on every pair that the known answer orders; ratings within one point; labels exactly. What cannot be judged does not match.
    /// Texts are not compared.
    /// </summary>
    /// <returns>Null where a text was asked for, which has no single right answer.</returns>
    public static bool? Matches(Answer answer, Answer expected)
    {
        if (answer is DemonstrationAnswer or ChatAnswer) return null;
        if (answer.CannotJudge != expected.CannotJudge) return false;
        if (answer.CannotJudge) return true;
        return (answer, expected) switch
        {
            (ComparisonAnswer given, ComparisonAnswer known) => given.Better == known.Better && given.BothBad == known.BothBad,
            (RankingAnswer given, RankingAnswer known) => OrdersAlike(given.Ranks, known.Ranks),
            (RatingAnswer given, RatingAnswer known) => known.Points.All(point => given.Points.TryGetValue(point.Key, out var points) && Math.Abs(points - point.Value) <= 1),
            (ClassificationAnswer given, ClassificationAnswer known) => given.Labels.ToHashSet().SetEquals(known.Labels),
            _ => false,
        };
    }

    private static bool OrdersAlike(IReadOnlyList<int> given, IReadOnlyList<int> known)
    {
        if (given.Count != known.Count) return false;
        for (var left = 0; left < known.Count; left++)
            for (var right = 0; right < known.Count; right++)
                if (known[left] < known[right] && given[left] >= given[right]) return false;
        return true;
    }
}
