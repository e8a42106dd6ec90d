using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Review;

public sealed partial class ReviewPage : IAsyncDisposable
{
    private readonly List<WaitingSubmission> submissions = [];
    private ElementReference root, reasonField;
    private DotNetObjectReference<ReviewPage>? reference;
    private IJSObjectReference? module, script;
    private ProjectDetails? project;
    private ReviewWaiting? waiting;
    private List<Disagreement> disagreements = [];
    private IReadOnlyList<WaitingRater> raters = [];
    private JudgmentDetails? details;
    private List<JudgmentDetails>? disputed;
    private SubmissionView? submission;
    private DisagreementView? settling;
    private TaskKind? kind;
    private TaskPurpose? purpose;
    private Guid? rater, next;
    private int index;
    private bool isFixing, isRejecting, isReasonAsked, showsKeys, isBusy;
    private string reason = "";
    private string? notice;

    [Parameter]
    public Guid ProjectId { get; set; }

    /// <summary>Whether disagreements are looked at first, as the address says.</summary>
    [SupplyParameterFromQuery(Name = "disagreements")]
    public bool IsSettling { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private ReviewQueueService Queue { get; set; } = default!;

    [Inject]
    private JudgmentService Judgments { get; set; } = default!;

    [Inject]
    private ReviewService Reviews { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private int Count => IsSettling ? disagreements.Count : submissions.Count;

    /// <summary>Called by the page's script. A key that was pressed while something else was on the screen is not meant for this.</summary>
    [JSInvokable]
    public async Task KeyAsync(string shown, string key)
    {
        if (isBusy || project is null || shown != Shown) return;
        switch (key)
        {
            case "?": showsKeys = !showsKeys; break;
            case "Escape" when isRejecting: isRejecting = false; break;
            case "Send" when isRejecting: await RejectAsync(); break;
            case "Escape": isFixing = false; break;
            case "j" when !isFixing: await MoveAsync(1); break;
            case "k" when !isFixing: await MoveAsync(-1); break;
            case var _ when IsSettling: await (settling?.KeyAsync(key) ?? Task.CompletedTask); break;
            case var _ when isFixing: await (submission?.KeyAsync(key) ?? Task.CompletedTask); break;
            case "a": await ApproveAsync(); break;
            case "f" when details is not null && !project.IsArchived: isFixing = true; break;
            case "r": AskReason(); break;
            case "e": await (submission?.KeyAsync(key) ?? Task.CompletedTask); break;
        }
        await InvokeAsync(StateHasChanged);
    }

    private string Shown => disputed is { Count: > 0 } ? disputed[0].Judgment.TaskId.ToString() : details?.Judgment.Id.ToString() ?? "";

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            reference = DotNetObjectReference.Create(this);
            module = await Browser.InvokeAsync<IJSObjectReference>("import", Closed, "./Features/Review/ReviewPage.razor.js");
            script = await module.InvokeAsync<IJSObjectReference>("attach", Closed, root, reference);
            StateHasChanged();   // now a key that is pressed is heard, and the submission may appear
        }
        if (!isReasonAsked) return;
        isReasonAsked = false;
        await reasonField.FocusAsync();
    }

    private Task LoadAsync() => TryAsync(async (actor, stop) =>
    {
        project = await Projects.GetAsync(actor, ProjectId, stop);
        raters = await Queue.RatersAsync(actor, ProjectId, stop);
        (index, next) = (0, null);
        submissions.Clear();
        disagreements = IsSettling ? [.. await Queue.DisagreementsAsync(actor, ProjectId, stop)] : [];
        if (!IsSettling) await MoreAsync(actor, stop);
        await ShowAsync(actor, stop);
        waiting = await Queue.CountAsync(actor, ProjectId, stop);
    });

    private Task GoAsync(bool toDisagreements)
    {
        (IsSettling, notice) = (toDisagreements, null);
        return LoadAsync();
    }

    private async Task MoreAsync(Actor actor, CancellationToken stop)
    {
        var page = await Queue.ListAsync(actor, ProjectId, new ReviewFilter { Kind = kind, Purpose = purpose, RaterId = rater }, new PageRequest { After = next }, stop);
        submissions.AddRange(page.Items);
        next = page.Next;
    }

    private async Task ShowAsync(Actor actor, CancellationToken stop)
    {
        (details, disputed, isFixing, isRejecting, reason) = (null, null, false, false, "");
        if (index >= Count) index = Math.Max(0, Count - 1);
        if (Count == 0) return;
        if (!IsSettling)
        {
            details = await Judgments.GetAsync(actor, ProjectId, submissions[index].JudgmentId, stop);
            return;
        }
        List<JudgmentDetails> found = [];
        foreach (var judgment in disagreements[index].JudgmentIds) found.Add(await Judgments.GetAsync(actor, ProjectId, judgment, stop));
        disputed = found;
    }

    private Task MoveAsync(int by) => RunAsync(async (actor, stop) =>
    {
        notice = null;
        if (!IsSettling && index + by >= submissions.Count && next is not null) await MoreAsync(actor, stop);
        if (index + by < 0 || index + by >= Count) return;
        index += by;
        await ShowAsync(actor, stop);
    });

    private Task ApproveAsync() => ReviewAsync(T("Accepted."), (actor, stop) => Reviews.ApproveAsync(actor, ProjectId, details!.Judgment.Id, details.Judgment.Revision, stop));

    private Task FixAsync(Answer answer) =>
        ReviewAsync(T("Fixed."), (actor, stop) => Reviews.FixAsync(actor, ProjectId, details!.Judgment.Id, details.Judgment.Revision, Submission(answer, ReviewedTask.Order(details)), stop));

    private Task RejectAsync() => ReviewAsync(T("Sent back to the rater."), (actor, stop) => Reviews.RejectAsync(actor, ProjectId, details!.Judgment.Id, details.Judgment.Revision, reason, stop));

    private Task SettleAsync(Answer answer) => RunAsync(async (actor, stop) =>
    {
        var outcome = await Reviews.AdjudicateAsync(actor, ProjectId, disagreements[index].TaskId, Submission(answer, ReviewedTask.Order(disputed![0])), stop);
        notice = Sentence(outcome, T("Settled."));
        disagreements.RemoveAt(index);
        await AfterAsync(actor, stop);
    });

    private void AskReason()
    {
        if (details is null || isFixing || project!.IsArchived) return;
        isRejecting = isReasonAsked = true;
    }

    private Task ReviewAsync(string done, Func<Actor, CancellationToken, Task<ReviewOutcome>> review) => details is null || project!.IsArchived ? Task.CompletedTask : RunAsync(async (actor, stop) =>
    {
        var outcome = await review(actor, stop);
        notice = Sentence(outcome, done);
        // What changed meanwhile is shown anew and stays; everything else is out of this queue.
        if (outcome != ReviewOutcome.ChangedMeanwhile) submissions.RemoveAt(index);
        if (submissions.Count <= index && next is not null) await MoreAsync(actor, stop);
        await AfterAsync(actor, stop);
    });

    private async Task AfterAsync(Actor actor, CancellationToken stop)
    {
        await ShowAsync(actor, stop);
        waiting = await Queue.CountAsync(actor, ProjectId, stop);
    }

    // A second key must not meet what the first one has put on the screen meanwhile.
    private async Task RunAsync(Func<Actor, CancellationToken, Task> call)
    {
        if (isBusy) return;
        isBusy = true;
        await TryAsync(call);
        isBusy = false;
    }

    private Submission Submission(Answer shown, string order) =>
        new() { Answer = ShownAnswer.ToPlaces(shown, order), ClientKey = Guid.NewGuid().ToString("N"), GuidelinesVersion = project!.GuidelinesVersion };

    private static string Sentence(ReviewOutcome outcome, string done) => outcome switch
    {
        ReviewOutcome.Done => done,
        ReviewOutcome.OwnJudgment => T("You have judged this task yourself or have it on your desk; somebody else must review it."),
        ReviewOutcome.NotInForce => T("This answer was taken back or sent back meanwhile; nothing was changed."),
        _ => T("The answer was changed meanwhile; this is the new one. Look at it once more."),
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
