using RlhfHub.Domain.Labeling;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>Why an answer could not be changed or taken back.</summary>
internal static class EditOutcomeText
{
    /// <summary>The reason; null when it was done.</summary>
    public static string? Of(EditOutcome outcome) => outcome switch
    {
        EditOutcome.TooLongAgo => T("That answer is too long ago to be changed; a reviewer can still put it right."),
        EditOutcome.SettledByReviewer => T("A reviewer has settled that answer; it stays."),
        EditOutcome.NotInForce => T("That answer is not in force any more."),
        _ => null,
    };
}
