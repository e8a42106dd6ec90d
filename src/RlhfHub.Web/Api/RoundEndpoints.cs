using RlhfHub.Domain.People;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Api;

internal static class RoundEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var rounds = root.MapGroup("/projects/{projectId:guid}/rounds").WithTags("Rounds");
        rounds.MapGet("", (Caller caller, RoundService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Review, "Training rounds, newest first");
        rounds.MapPost("", async (Caller caller, RoundService service, Guid projectId, RoundLaunch body, CancellationToken stop) => new Created(await service.LaunchAsync(caller.Actor, projectId, body, stop)))
            .Requires(Policy.Manage, "Launch a round");
        rounds.MapPost("/preview", (Caller caller, RoundService service, Guid projectId, RoundPlan body, CancellationToken stop) => service.PreviewAsync(caller.Actor, projectId, body, stop))
            .Reads(Policy.Manage, "What a plan would learn from now, and why it cannot start");
        rounds.MapGet("/{roundId:guid}", (Caller caller, RoundService service, Guid projectId, Guid roundId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, roundId, stop))
            .Reads(Policy.Review, "A round and its runs");
        rounds.MapPost("/{roundId:guid}/pause", async (Caller caller, RoundService service, Guid projectId, Guid roundId, CancellationToken stop) =>
                new Flag { Value = await service.PauseAsync(caller.Actor, projectId, roundId, stop) })
            .Requires(Policy.Manage, "Have a round save and wait");
        rounds.MapPost("/{roundId:guid}/resumption", async (Caller caller, RoundService service, Guid projectId, Guid roundId, RoundResumption body, CancellationToken stop) =>
                new Flag { Value = await service.ResumeAsync(caller.Actor, projectId, roundId, body, stop) })
            .Requires(Policy.Manage, "Have a round go on that waits, was ended or failed");
        rounds.MapPost("/{roundId:guid}/stop", async (Caller caller, RoundService service, Guid projectId, Guid roundId, CancellationToken stop) =>
                new Flag { Value = await service.StopAsync(caller.Actor, projectId, roundId, stop) })
            .Requires(Policy.Manage, "Have a round save and end");
        rounds.MapPost("/{roundId:guid}/checkpoint", async (Caller caller, RoundService service, Guid projectId, Guid roundId, CancellationToken stop) =>
                new Flag { Value = await service.CheckpointAsync(caller.Actor, projectId, roundId, stop) })
            .Requires(Policy.Manage, "Ask for a checkpoint now");
        root.MapGet("/projects/{projectId:guid}/runs/{runId:guid}/events", (Caller caller, RoundService service, Guid projectId, Guid runId, [AsParameters] EventQuery query, CancellationToken stop) =>
                service.EventsAsync(caller.Actor, projectId, runId, query.After ?? 0, query.Kinds ?? [], query.Limit ?? EventQuery.UsualLimit, stop))
            .WithTags("Rounds").Reads(Policy.Review, "A run's events after one of them, in order");
    }
}

/// <summary>Which events are asked for, from the query.</summary>
internal sealed record EventQuery(long? After, string[]? Kinds, int? Limit)
{
    public const int UsualLimit = 500;
}
