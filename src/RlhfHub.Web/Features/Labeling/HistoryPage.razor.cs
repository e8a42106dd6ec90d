using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>A rater's last answers in a project, to change them or take them back.</summary>
public sealed partial class HistoryPage : IAsyncDisposable
{
    private ElementReference root;
    private DotNetObjectReference<HistoryPage>? reference;
    private IJSObjectReference? module, script;
    private ProjectDetails? project;
    private IReadOnlyList<OwnJudgment> rows = [];
    private OwnJudgment? changed;
    private TaskView? edited;
    private TaskPanel? panel;
    private Guid? shown;
    private long openedAt;
    private string notice = "";

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private QueueService Queue { get; set; } = default!;

    [Inject]
    private LabelingService Labeling { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Called by the page's script, which is the labeling page's.</summary>
    [JSInvokable]
    public async Task KeyAsync(string task, string key)
    {
        if (edited is null && int.TryParse(key, out var number) && number >= 1 && number <= Math.Min(9, rows.Count) && CanChange(rows[number - 1])) await OpenAsync(rows[number - 1]);
        else if (key == "x") edited = null;
        else if (edited is not null && panel is not null && task == edited.AssignmentId.ToString()) await panel.KeyAsync(key);
        await InvokeAsync(StateHasChanged);
    }

    protected override async Task OnInitializedAsync()
    {
        await TryAsync(async (actor, stop) => project = await Projects.GetAsync(actor, ProjectId, stop));
        if (project is not null) await ReadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            reference = DotNetObjectReference.Create(this);
            module = await Browser.InvokeAsync<IJSObjectReference>("import", Closed, "./Features/Labeling/LabelPage.razor.js");
            script = await module.InvokeAsync<IJSObjectReference>("attach", Closed, root, reference, $"/api/v1/projects/{ProjectId}/desk");
            StateHasChanged();
        }
        if (script is null || edited?.AssignmentId == shown) return;
        shown = edited?.AssignmentId;
        await script.InvokeVoidAsync("revive", Closed, shown);
        await script.InvokeVoidAsync("shown", Closed);
    }

    private Task<bool> ReadAsync() => TryAsync(async (actor, stop) => rows = await Labeling.HistoryAsync(actor, ProjectId, stop));

    private async Task OpenAsync(OwnJudgment row)
    {
        notice = "";
        TaskView? view = null;
        if (!await TryAsync(async (actor, stop) => view = await Queue.GetAsync(actor, ProjectId, row.AssignmentId, stop))) return;
        (changed, edited, openedAt) = (row, view, Time.GetTimestamp());
    }

    private async Task SaveAsync(Answer answer)
    {
        var (row, view) = (changed!, edited!);
        var submission = new Submission
        {
            Answer = answer,
            ClientKey = Guid.NewGuid().ToString("N"),
            ActiveMilliseconds = (int)Math.Min(Time.GetElapsedTime(openedAt).TotalMilliseconds, TimeSpan.FromMinutes(10).TotalMilliseconds),
            GuidelinesVersion = view.GuidelinesVersion,
        };
        var outcome = EditOutcome.Edited;
        if (!await TryAsync(async (actor, stop) => outcome = await Labeling.EditAsync(actor, ProjectId, row.Id, submission, stop))) return;
        edited = null;
        notice = EditOutcomeText.Of(outcome) ?? T("Changed: {0}", AnswerText.Of(answer));
        if (script is not null) await script.InvokeVoidAsync("forget", Closed, view.AssignmentId);
        await ReadAsync();
    }

    private async Task TakeBackAsync(OwnJudgment row)
    {
        var outcome = EditOutcome.Edited;
        if (!await TryAsync(async (actor, stop) => outcome = await Labeling.UndoAsync(actor, ProjectId, row.Id, stop))) return;
        notice = EditOutcomeText.Of(outcome) ?? T("The answer is taken back.");
        await ReadAsync();
    }

    private bool CanChange(OwnJudgment row) => project is { IsArchived: false } && row.Kind != TaskKind.Chat && row.Standing == JudgmentStanding.Counted && row.Review is not (ReviewState.Fixed or ReviewState.Adjudicated);

    private static string? Standing(OwnJudgment row) => row switch
    {
        { Standing: JudgmentStanding.Withdrawn } => T("taken back"),
        { Standing: JudgmentStanding.Returned } => T("sent back to you by a reviewer"),
        { Review: ReviewState.Approved } => T("a reviewer agreed"),
        { Review: ReviewState.Fixed } => T("put right by a reviewer"),
        { Review: ReviewState.Adjudicated } => T("settled by a reviewer"),
        { Review: ReviewState.Rejected } => T("rejected by a reviewer"),
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        Dispose(true);
        try
        {
            if (script is not null)
            {
                await script.InvokeVoidAsync("detach");
                await script.DisposeAsync();
            }
            if (module is not null) await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed, and its script with it.
        }
        reference?.Dispose();
    }
}
