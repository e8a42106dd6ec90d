using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Datasets;

/// <summary>Makes one answer of several to the same task. Texts and chats are never merged: each stays as it is.</summary>
internal static class JudgmentAggregation
{
    /// <summary>The answers that count after aggregation; empty where raters are evenly divided.</summary>
    public static IReadOnlyList<WeightedAnswer> Apply(TaskKind kind, IReadOnlyList<WeightedAnswer> answers, Aggregation aggregation)
    {
        var usable = answers.Where(answer => !answer.Answer.CannotJudge).ToList();
        if (aggregation == Aggregation.All || usable.Count <= 1 || kind is TaskKind.Demonstration or TaskKind.Chat) return usable;
        var votes = aggregation == Aggregation.Weighted ? usable : [.. usable.Select(answer => answer with { Weight = 1 })];
        Answer? merged = kind switch
        {
            TaskKind.Comparison => Comparison(votes),
            TaskKind.Ranking => Ranking(votes),
            TaskKind.Rating => Rating(votes),
            TaskKind.Classification => Classification(votes),
            _ => null,
        };
        return merged is null ? [] : [new(usable[0].JudgmentId, merged, votes.Sum(vote => vote.Weight))];
    }

    // The verdict with the greatest weight; its strength is the weighted mean of those who gave it, rounded.
    private static ComparisonAnswer? Comparison(IReadOnlyList<WeightedAnswer> votes)
    {
        var verdicts = votes.Select(vote => (Answer: (ComparisonAnswer)vote.Answer, vote.Weight)).GroupBy(vote => (vote.Answer.Better, vote.Answer.BothBad)).ToList();
        if (Winner(verdicts, verdict => verdict.Sum(vote => vote.Weight)) is not { } winner) return null;
        var strength = winner.Sum(vote => vote.Answer.Strength * vote.Weight) / winner.Sum(vote => vote.Weight);
        return new ComparisonAnswer { Better = winner.Key.Better, BothBad = winner.Key.BothBad, Strength = (int)Math.Round(strength, MidpointRounding.AwayFromZero) };
    }

    // By mean rank; equal means share a place.
    private static RankingAnswer Ranking(IReadOnlyList<WeightedAnswer> votes)
    {
        var replies = ((RankingAnswer)votes[0].Answer).Ranks.Count;
        var total = votes.Sum(vote => vote.Weight);
        var means = Enumerable.Range(0, replies).Select(place => Math.Round(votes.Sum(vote => ((RankingAnswer)vote.Answer).Ranks[place] * vote.Weight) / total, 9)).ToList();
        var places = means.Distinct().Order().ToList();
        return new RankingAnswer { Ranks = [.. means.Select(mean => places.IndexOf(mean) + 1)] };
    }

    private static RatingAnswer Rating(IReadOnlyList<WeightedAnswer> votes) => new()
    {
        Points = votes.SelectMany(vote => ((RatingAnswer)vote.Answer).Points.Select(point => (point.Key, point.Value, vote.Weight))).GroupBy(point => point.Key).OrderBy(name => name.Key, StringComparer.Ordinal)
            .ToDictionary(name => name.Key, name => (int)Math.Round(name.Sum(point => point.Value * point.Weight) / name.Sum(point => point.Weight), MidpointRounding.AwayFromZero)),
    };

    // One set of labels is chosen as a whole where each rater gave one label; of several, those that more than half gave.
    private static ClassificationAnswer? Classification(IReadOnlyList<WeightedAnswer> votes)
    {
        var total = votes.Sum(vote => vote.Weight);
        var labels = votes.SelectMany(vote => ((ClassificationAnswer)vote.Answer).Labels.Select(label => (Label: label, vote.Weight))).GroupBy(label => label.Label).ToList();
        if (votes.All(vote => ((ClassificationAnswer)vote.Answer).Labels.Count == 1))
            return Winner(labels, label => label.Sum(vote => vote.Weight)) is { } winner ? new ClassificationAnswer { Labels = [winner.Key] } : null;
        var most = labels.Where(label => label.Sum(vote => vote.Weight) > total / 2).Select(label => label.Key).Order(StringComparer.Ordinal).ToList();
        return most.Count == 0 ? null : new ClassificationAnswer { Labels = most };
    }

    private static T? Winner<T>(IReadOnlyList<T> groups, Func<T, double> weight) where T : class
    {
        var ordered = groups.OrderByDescending(weight).ToList();
        return ordered.Count > 1 && Math.Abs(weight(ordered[0]) - weight(ordered[1])) < 1e-9 ? null : ordered.FirstOrDefault();
    }
}
