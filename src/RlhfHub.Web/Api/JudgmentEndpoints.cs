using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Api;

internal static class JudgmentEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var judgments = root.MapGroup("/projects/{projectId:guid}/judgments").WithTags("Review");
        judgments.MapGet("", (Caller caller, JudgmentService service, Guid projectId, [AsParameters] JudgmentQuery filter, [AsParameters] PageQuery page, CancellationToken stop) =>
                service.ListAsync(caller.Actor, projectId, filter.Filter, page.Request, stop))
            .Reads(Policy.Review, "Judgments, newest first");
        judgments.MapGet("/{judgmentId:guid}", (Caller caller, JudgmentService service, Guid projectId, Guid judgmentId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, judgmentId, stop))
            .Reads(Policy.Review, "A judgment with its history");
        judgments.MapGet("/{judgmentId:guid}/snapshots", (Caller caller, SnapshotService service, Guid projectId, Guid judgmentId, CancellationToken stop) =>
                service.HoldingAsync(caller.Actor, projectId, judgmentId, stop))
            .Reads(Policy.Review, "The snapshots that hold a judgment");
        judgments.MapPost("/{judgmentId:guid}/approval", async (Caller caller, ReviewService service, Guid projectId, Guid judgmentId, SeenRevision body, CancellationToken stop) =>
                new Reviewed(await service.ApproveAsync(caller.Actor, projectId, judgmentId, body.Revision, stop)))
            .Requires(Policy.Review, "Say that a judgment stands");
        judgments.MapPost("/{judgmentId:guid}/fix", async (Caller caller, ReviewService service, Guid projectId, Guid judgmentId, Fix body, CancellationToken stop) =>
                new Reviewed(await service.FixAsync(caller.Actor, projectId, judgmentId, body.Revision, body.Submission, stop)))
            .Requires(Policy.Review, "Put a judgment right");
        judgments.MapPost("/{judgmentId:guid}/rejection", async (Caller caller, ReviewService service, Guid projectId, Guid judgmentId, Rejection body, CancellationToken stop) =>
                new Reviewed(await service.RejectAsync(caller.Actor, projectId, judgmentId, body.Revision, body.Reason, stop)))
            .Requires(Policy.Review, "Send a judgment back to its rater");

        var queue = root.MapGroup("/projects/{projectId:guid}/review-queue").WithTags("Review");
        queue.MapGet("", (Caller caller, ReviewQueueService service, Guid projectId, [AsParameters] ReviewQuery filter, [AsParameters] PageQuery page, CancellationToken stop) =>
                service.ListAsync(caller.Actor, projectId, filter.Filter, page.Request, stop))
            .Reads(Policy.Review, "Submissions that nobody has reviewed, oldest first");
        queue.MapGet("/count", (Caller caller, ReviewQueueService service, Guid projectId, CancellationToken stop) => service.CountAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Review, "How much waits to be reviewed or settled");
        queue.MapGet("/raters", (Caller caller, ReviewQueueService service, Guid projectId, CancellationToken stop) => service.RatersAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Review, "Who has submissions that wait");
        queue.MapGet("/disagreements", (Caller caller, ReviewQueueService service, Guid projectId, CancellationToken stop) => service.DisagreementsAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Review, "Tasks whose raters disagree, newest first");
    }
}

/// <summary>Which judgments, from the query.</summary>
internal sealed record JudgmentQuery(ReviewState? Review, JudgmentStanding? Standing, TaskKind? Kind, Guid? RaterId, Guid? TaskId, bool? MatchesGold)
{
    public JudgmentFilter Filter => new() { Review = Review, Standing = Standing, Kind = Kind, RaterId = RaterId, TaskId = TaskId, MatchesGold = MatchesGold };
}

/// <summary>Which submissions, from the query.</summary>
internal sealed record ReviewQuery(TaskKind? Kind, TaskPurpose? Purpose, Guid? RaterId)
{
    public ReviewFilter Filter => new() { Kind = Kind, Purpose = Purpose, RaterId = RaterId };
}

/// <summary>What became of a review.</summary>
internal sealed record Reviewed(ReviewOutcome Outcome);

/// <summary>The revision that a reviewer saw.</summary>
internal sealed record SeenRevision
{
    public required int Revision { get; init; }
}

/// <summary>A judgment put right; replies are named by their places in the task.</summary>
internal sealed record Fix
{
    public required int Revision { get; init; }

    public required Submission Submission { get; init; }
}

/// <summary>A judgment sent back.</summary>
internal sealed record Rejection
{
    public required int Revision { get; init; }

    public required string Reason { get; init; }
}
