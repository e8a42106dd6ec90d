using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Shared;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Prompts;

/// <summary>A project's prompts. Shown page after page and never counted as a whole, so that a million are as quick as a hundred.</summary>
public sealed partial class PromptsPage
{
    private const int LongestBeginning = 160;

    private readonly HashSet<Guid> selected = [];
    private ProjectDetails? project;
    private PromptFilter filter = new();
    private List<PromptSummary>? prompts;
    private IReadOnlyList<ResponseDetails>? replies;
    private Guid? next, opened;
    private bool allMatch;
    private string? done;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private PromptService Prompts { get; set; } = default!;

    private bool CanManage => project is { Role: ProjectRole.Admin, IsArchived: false };

    protected override Task OnInitializedAsync() => TryAsync(async (actor, stop) =>
    {
        project = await Projects.GetAsync(actor, ProjectId, stop);
        await ReadAsync(actor, after: null, stop);
    });

    private async Task ReadAsync(Actor actor, Guid? after, CancellationToken stop)
    {
        var page = await Prompts.ListAsync(actor, ProjectId, filter, new PageRequest { After = after }, stop);
        prompts = after is null ? [.. page.Items] : [.. prompts!, .. page.Items];
        next = page.Next;
    }

    private async Task FilterAsync(PromptFilter changed)
    {
        (filter, done, allMatch) = (changed, null, false);
        selected.Clear();
        await TryAsync((actor, stop) => ReadAsync(actor, after: null, stop));
    }

    private Task MoreAsync() => TryAsync((actor, stop) => ReadAsync(actor, next, stop));

    private async Task ToggleAsync(Guid promptId)
    {
        (opened, replies) = (opened == promptId ? null : promptId, null);
        if (opened is not null) await TryAsync(async (actor, stop) => replies = await Prompts.ResponsesAsync(actor, ProjectId, promptId, stop));
    }

    private void Select(Guid promptId, bool isSelected)
    {
        if (isSelected) selected.Add(promptId);
        else selected.Remove(promptId);
    }

    private void SelectAll(bool isSelected)
    {
        selected.Clear();
        if (isSelected) selected.UnionWith(prompts!.Select(prompt => prompt.Id));
    }

    private async Task ChangeAsync(PromptBulkChange change)
    {
        done = null;
        PromptBulkResult? result = null;
        var isDone = await TryAsync(async (actor, stop) =>
        {
            result = await Prompts.ChangeManyAsync(actor, ProjectId, change with { PromptIds = allMatch ? null : [.. selected], Filter = filter }, stop);
            await ReadAsync(actor, after: null, stop);
        });
        if (!isDone) return;
        done = N(result!.Changed, "{0:N0} prompt is changed.", "{0:N0} prompts are changed.");
        selected.Clear();
        allMatch = false;
    }

    private static string Beginning(PromptSummary prompt) => Excerpt.Of(prompt.Messages[^1].Content, LongestBeginning);
}
