using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Tasks;

public sealed partial class TasksPage
{
    private ProjectDetails? project;
    private IReadOnlyList<TaskProgress>? progress;
    private List<TaskSummary>? tasks;
    private TaskBatchResult? made;
    private Guid? next;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private TaskService Tasks { get; set; } = default!;

    private bool CanManage => project is { Role: ProjectRole.Admin, IsArchived: false };

    protected override Task OnInitializedAsync() => TryAsync(async (actor, stop) =>
    {
        project = await Projects.GetAsync(actor, ProjectId, stop);
        await ReadAsync(actor, after: null, stop);
    });

    private async Task ReadAsync(Actor actor, Guid? after, CancellationToken stop)
    {
        progress = await Tasks.ProgressAsync(actor, ProjectId, stop);
        var page = await Tasks.ListAsync(actor, ProjectId, new TaskFilter(), new PageRequest { After = after }, stop);
        (tasks, next) = (after is null ? [.. page.Items] : [.. tasks!, .. page.Items], page.Next);
    }

    private Task MoreAsync() => TryAsync((actor, stop) => ReadAsync(actor, next, stop));

    private Task MakeAsync(TaskBatch batch) => TryAsync(async (actor, stop) =>
    {
        made = null;
        made = await Tasks.CreateAsync(actor, ProjectId, batch, stop);
        await ReadAsync(actor, after: null, stop);
    });

    private Task WithdrawAsync(TaskSummary task) => TryAsync(async (actor, stop) =>
    {
        await Tasks.WithdrawAsync(actor, ProjectId, task.Id, !task.IsWithdrawn, stop);
        await ReadAsync(actor, after: null, stop);
    });

    private static string StateOf(TaskSummary task) => task switch
    {
        { IsWithdrawn: true } => T("withdrawn"),
        { Purpose: TaskPurpose.Gold } => T("given now and then"),
        { IsOpen: true, LiveLeases: > 0 } => T("at work"),
        { IsOpen: true } => T("waits"),
        { LiveLeases: > 0 } => T("at work"),
        _ => T("done"),
    };

    private static string MadeText(TaskBatchResult made)
    {
        List<string> parts = [N(made.Created, "{0:N0} task is made.", "{0:N0} tasks are made.")];
        if (made.AlreadyThere > 0) parts.Add(N(made.AlreadyThere, "{0:N0} prompt has such a task already.", "{0:N0} prompts have such a task already."));
        if (made.TooFewReplies > 0) parts.Add(N(made.TooFewReplies, "{0:N0} prompt has too few different replies for it.", "{0:N0} prompts have too few different replies for it."));
        return string.Join(' ', parts);
    }
}
