using RlhfHub.Domain.Labeling;
using RlhfHub.Web.Shared;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>An answer in a few words, for who gave it.</summary>
public static class AnswerText
{
    private const int LongestQuote = 60;

    public static string Of(Answer answer) => answer switch
    {
        { CannotJudge: true } => T("cannot judge"),
        ComparisonAnswer { BothBad: true } => T("both bad"),
        ComparisonAnswer { Better: null } => T("tie"),
        ComparisonAnswer { Strength: > 1 } comparison => T("{0} is better, strength {1}", Letter(comparison), comparison.Strength),
        ComparisonAnswer comparison => T("{0} is better", Letter(comparison)),
        DemonstrationAnswer demonstration => T("“{0}”", Quote(demonstration.Text)),
        RankingAnswer ranking => RankingOrder.Of(ranking.Ranks).ToString(),
        RatingAnswer rating => string.Join(", ", rating.Points.Select(points => $"{Quote(points.Key)} {points.Value}")),
        ClassificationAnswer classification => string.Join(", ", classification.Labels.Select(Quote)),
        ChatAnswer chat => N(chat.Turns.Count, "a chat of {0} turn", "a chat of {0} turns"),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "This kind of answer has no words yet."),
    };

    /// <summary>The beginning of a text, in one line and shut off from the direction of the words around it.</summary>
    internal static string Quote(string text)
    {
        var end = text.Length <= LongestQuote ? text.Length : char.IsHighSurrogate(text[LongestQuote - 1]) ? LongestQuote - 1 : LongestQuote;
        return $"\u2068{RawPiece.Line(text[..end])}{(end < text.Length ? "…" : "")}\u2069";
    }

    private static string Letter(ComparisonAnswer answer) => answer.Better == 0 ? "A" : "B";
}
