using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Api;

internal static class TaskEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var tasks = root.MapGroup("/projects/{projectId:guid}/tasks").WithTags("Tasks");
        tasks.MapGet("", (Caller caller, TaskService service, Guid projectId, [AsParameters] TaskQuery filter, [AsParameters] PageQuery page, CancellationToken stop) =>
                service.ListAsync(caller.Actor, projectId, filter.Filter, page.Request, stop))
            .Reads(Policy.Review, "Tasks, newest first");
        tasks.MapPost("", (Caller caller, TaskService service, Guid projectId, TaskBatch batch, CancellationToken stop) => service.CreateAsync(caller.Actor, projectId, batch, stop))
            .Requires(Policy.Manage, "Make tasks of prompts");
        tasks.MapGet("/progress", (Caller caller, TaskService service, Guid projectId, CancellationToken stop) => service.ProgressAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Review, "How far the tasks are, by kind and purpose");
        tasks.MapPut("/{taskId:guid}/withdrawn", async (Caller caller, TaskService service, Guid projectId, Guid taskId, Flag body, CancellationToken stop) =>
                new Flag { Value = await service.WithdrawAsync(caller.Actor, projectId, taskId, body.Value, stop) })
            .Requires(Policy.Manage, "Take a task out of the queue, or put it back");
        tasks.MapPost("/{taskId:guid}/adjudication", async (Caller caller, ReviewService service, Guid projectId, Guid taskId, Submission body, CancellationToken stop) =>
                new Reviewed(await service.AdjudicateAsync(caller.Actor, projectId, taskId, body, stop)))
            .Requires(Policy.Review, "Settle a task whose raters disagree");
    }
}

/// <summary>Which tasks, from the query.</summary>
internal sealed record TaskQuery(TaskKind? Kind, TaskPurpose? Purpose, bool? IsOpen, Guid? PromptId)
{
    public TaskFilter Filter => new() { Kind = Kind, Purpose = Purpose, IsOpen = IsOpen, PromptId = PromptId };
}

/// <summary>Yes or no.</summary>
internal sealed record Flag
{
    public required bool Value { get; init; }
}
