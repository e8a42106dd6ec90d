using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Tests.Features.Review;

/// <summary>Made-up judgments for reviewers.</summary>
internal static class Reviewed
{
    public static JudgmentDetails Judgment(Answer answer, string order = "01", bool? matchesGold = null, params string[] replies)
    {
        if (replies.Length == 0) replies = [.. order.Order().Select(place => $"Reply of place {place}")];
        var summary = new JudgmentSummary(
            Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), null, answer.Kind, TaskPurpose.Training, JudgmentStanding.Counted, ReviewState.Submitted, null, 1, matchesGold, new DateTime(2026, 5, 4, 8, 30, 0, DateTimeKind.Utc));
        return new(summary, order, [new(Message.User, "Question")], replies, [new(1, null, answer, 0, default, default, 1000)]);
    }
}
