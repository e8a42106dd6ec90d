using RlhfHub.Domain.Labeling;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>An answer in a few words, for who gave it.</summary>
public static class AnswerText
{
    private const int LongestQuote = 60;

    public static string Of(Answer answer) => answer switch
    {
        { CannotJudge: true } => "cannot judge",
        ComparisonAnswer { BothBad: true } => "both bad",
        ComparisonAnswer { Better: null } => "tie",
        ComparisonAnswer comparison => $"{(comparison.Better == 0 ? "A" : "B")} is better{(comparison.Strength > 1 ? $", strength {comparison.Strength}" : "")}",
        DemonstrationAnswer demonstration => $"“{Cut(demonstration.Text)}”",
        RankingAnswer ranking => RankingOrder.Of(ranking.Ranks).ToString(),
        RatingAnswer rating => string.Join(", ", rating.Points.Select(points => $"{points.Key} {points.Value}")),
        ClassificationAnswer classification => string.Join(", ", classification.Labels),
        ChatAnswer chat => $"a chat of {chat.Turns.Count} turns",
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "This kind of answer has no words yet."),
    };

    private static string Cut(string text) => text.Length <= LongestQuote ? text : $"{text[..LongestQuote]}…";
}
