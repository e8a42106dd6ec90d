using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Features.Review;

/// <summary>A judgment as the form of its kind shows it: the replies in the order in which its rater saw them, so that "A" means the same to both.</summary>
internal static class ReviewedTask
{
    /// <summary>The task, with the answer in force or without one.</summary>
    public static TaskView View(JudgmentDetails details, bool withAnswer = true) => new()
    {
        AssignmentId = details.Judgment.Id,
        Kind = details.Judgment.Kind,
        State = AssignmentState.Submitted,
        Messages = details.Messages,
        Replies = [.. Order(details).Select(place => details.Replies[place - '0'])],
        LeaseExpiresAt = DateTime.MaxValue,
        GuidelinesVersion = details.Revisions[^1].GuidelinesVersion,
        EarlierAnswer = withAnswer ? Answer(details, Order(details)) : null,
    };

    /// <summary>The answer in force, in shown positions of an order.</summary>
    public static Answer Answer(JudgmentDetails details, string order) => ShownAnswer.ToShown(details.Revisions.Single(revision => revision.Number == details.Judgment.Revision).Answer, order);

    /// <summary>The order in which the replies were shown; an import may not say one.</summary>
    public static string Order(JudgmentDetails details) =>
        details.DisplayOrder.Length == details.Replies.Count ? details.DisplayOrder : string.Concat(Enumerable.Range(0, details.Replies.Count));

    /// <summary>What a demonstration began from and became; null where it began from nothing.</summary>
    public static (string Draft, string Text)? Edited(JudgmentDetails details) =>
        Answer(details, Order(details)) is DemonstrationAnswer { DraftPlace: { } place } written && place < details.Replies.Count ? (View(details).Replies[place], written.Text) : null;
}
