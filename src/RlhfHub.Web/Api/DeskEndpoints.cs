using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Web.Api;

/// <summary>What a rater's page does with the tasks on the rater's desk.</summary>
internal static class DeskEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var desk = root.MapGroup("/projects/{projectId:guid}/desk").WithTags("Labeling");
        desk.MapPost("/next", (Caller caller, QueueService service, Guid projectId, NextTaskOptions options, CancellationToken stop) => service.NextAsync(caller.Actor, projectId, options, stop))
            .Requires(Policy.Label, "Your next task, kept for you while the lease runs");
        desk.MapPost("/renewal", (Caller caller, QueueService service, Guid projectId, Renewal body, CancellationToken stop) => service.RenewAsync(caller.Actor, projectId, body.AssignmentIds, stop))
            .Requires(Policy.Label, "Keep tasks longer");
        desk.MapGet("/{assignmentId:guid}", (Caller caller, QueueService service, Guid projectId, Guid assignmentId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, assignmentId, stop))
            .Reads(Policy.Label, "A task that you have or had");
        desk.MapPut("/{assignmentId:guid}/draft", async (Caller caller, LabelingService service, Guid projectId, Guid assignmentId, DraftSave body, CancellationToken stop) =>
                new DraftSaved(await service.SaveDraftAsync(caller.Actor, projectId, assignmentId, body, stop)))
            .Requires(Policy.Label, "Save an unfinished answer");
        desk.MapPost("/{assignmentId:guid}/submission", (Caller caller, LabelingService service, Guid projectId, Guid assignmentId, Submission body, CancellationToken stop) =>
                service.SubmitAsync(caller.Actor, projectId, assignmentId, body, stop))
            .Requires(Policy.Label, "Submit an answer; the same client key again changes nothing");
        desk.MapPost("/{assignmentId:guid}/skip", async (Caller caller, QueueService service, Guid projectId, Guid assignmentId, Reason body, CancellationToken stop) =>
                new GivenUp(await service.SkipAsync(caller.Actor, projectId, assignmentId, body.Text, stop)))
            .Requires(Policy.Label, "Pass a task on, for good");
        desk.MapPost("/{assignmentId:guid}/hand-back", async (Caller caller, QueueService service, Guid projectId, Guid assignmentId, CancellationToken stop) =>
                new GivenUp(await service.HandBackAsync(caller.Actor, projectId, assignmentId, stop)))
            .Requires(Policy.Label, "Put a task back unanswered");
        desk.MapGet("/{assignmentId:guid}/chat", (Caller caller, ChatService service, Guid projectId, Guid assignmentId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, assignmentId, stop))
            .Reads(Policy.Label, "A chat as far as it has come");
        desk.MapPost("/{assignmentId:guid}/chat/turns", (Caller caller, ChatService service, Guid projectId, Guid assignmentId, ChatSaying body, CancellationToken stop) =>
                service.SayAsync(caller.Actor, projectId, assignmentId, body, new ChatScreen(), stop))
            .Requires(Policy.Label, "Say something in a chat and get two replies");
        desk.MapPut("/{assignmentId:guid}/chat/choice", (Caller caller, ChatService service, Guid projectId, Guid assignmentId, ChatChoice body, CancellationToken stop) =>
                service.ChooseAsync(caller.Actor, projectId, assignmentId, body, stop))
            .Requires(Policy.Label, "Choose the reply with which a chat goes on");

        var own = root.MapGroup("/projects/{projectId:guid}/own-judgments").WithTags("Labeling");
        own.MapGet("", (Caller caller, LabelingService service, Guid projectId, CancellationToken stop) => service.HistoryAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Label, "Your last 50 judgments");
        own.MapPut("/{judgmentId:guid}", async (Caller caller, LabelingService service, Guid projectId, Guid judgmentId, Submission body, CancellationToken stop) =>
                new Edited(await service.EditAsync(caller.Actor, projectId, judgmentId, body, stop)))
            .Requires(Policy.Label, "Change one of your last judgments");
        own.MapDelete("/{judgmentId:guid}", async (Caller caller, LabelingService service, Guid projectId, Guid judgmentId, CancellationToken stop) =>
                new Edited(await service.UndoAsync(caller.Actor, projectId, judgmentId, stop)))
            .Requires(Policy.Label, "Take one of your last judgments back");

        root.MapGet("/projects/{projectId:guid}/own-work", (Caller caller, OwnWorkService service, Guid projectId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, stop))
            .WithTags("Labeling").Reads(Policy.Label, "What you did in the last 30 days");
    }
}

/// <summary>Tasks to keep.</summary>
internal sealed record Renewal
{
    public required IReadOnlyList<Guid> AssignmentIds { get; init; }
}

/// <summary>Why.</summary>
internal sealed record Reason
{
    public required string Text { get; init; }
}

/// <summary>When a draft was saved; null when a newer one is there, or the task is answered.</summary>
internal sealed record DraftSaved(DateTime? SavedAt);

/// <summary>What became of skipping or handing back.</summary>
internal sealed record GivenUp(GiveUpOutcome Outcome);

/// <summary>What became of an edit or undo.</summary>
internal sealed record Edited(EditOutcome Outcome);
