using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

public sealed partial class NewRoundPage
{
    // Counting reads every judgment: it waits until somebody has stopped typing.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private static readonly IReadOnlyList<ReviewState> Approved = [ReviewState.Approved, ReviewState.Fixed, ReviewState.Adjudicated];

    private ProjectDetails? project;
    private RoundDraft? draft;
    private RoundDetails? last, like;
    private RoundPreview? preview;
    private RoundPreset? chosen;
    private IReadOnlyList<VersionDetails> versions = [];
    private IReadOnlyList<PlanDifference> differences = [];
    private StartChoice.When start = new(null, null, null);
    private bool needsMending, isLaunching;
    private int changes;

    [Parameter]
    public Guid ProjectId { get; set; }

    /// <summary>The round whose settings the form begins with.</summary>
    [SupplyParameterFromQuery]
    public Guid? Like { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private RoundService Rounds { get; set; } = default!;

    [Inject]
    private VersionService Versions { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private static IEnumerable<(RoundPreset Preset, string Name, string Help)> Presets =>
    [
        (RoundPreset.Quick, T("Quick check"), T("A few steps of each stage, to see that it runs.")),
        (RoundPreset.Standard, T("Standard"), T("Three passes over the data, with the usual settings.")),
        (RoundPreset.Careful, T("Careful"), T("Six passes in smaller steps, keeping the weights that measured best.")),
    ];

    private bool IsApprovedOnly => draft!.Data.Reviews.SequenceEqual(Approved);

    protected override Task OnInitializedAsync() => TryAsync(async (actor, stop) =>
    {
        project = await Projects.GetAsync(actor, ProjectId, stop);
        if (project.Role != ProjectRole.Admin)
        {
            Problem = T("Only the project's admins launch rounds.");
            return;
        }
        versions = await ReadVersionsAsync(actor, stop);
        var newest = (await Rounds.ListAsync(actor, ProjectId, new PageRequest { Limit = 1 }, stop)).Items;
        if (newest.Count > 0) last = await Rounds.GetAsync(actor, ProjectId, newest[0].Id, stop);
        if (Like is { } round) like = await Rounds.GetAsync(actor, ProjectId, round, stop);
        draft = like is null ? RoundDraft.Usual() : RoundDraft.Of(like.Plan);
        chosen = like is null ? RoundPreset.Standard : null;
        await LookAsync(actor, stop);
    });

    private async Task<IReadOnlyList<VersionDetails>> ReadVersionsAsync(Actor actor, CancellationToken stop)
    {
        List<VersionDetails> read = [];
        for (Guid? after = null; ;)
        {
            var page = await Versions.ListAsync(actor, ProjectId, new PageRequest { After = after }, stop);
            read.AddRange(page.Items);
            if ((after = page.Next) is null) return read;
        }
    }

    private async Task LookAsync(Actor actor, CancellationToken stop)
    {
        var plan = draft!.ToPlan();
        differences = last is null ? [] : PlanDifference.Between(last.Plan, plan);
        preview = plan.Stages.Count == 0 ? null : await Rounds.PreviewAsync(actor, ProjectId, plan, stop);
    }

    private Task ChooseAsync(RoundPreset preset) => ChangeAsync(() =>
    {
        draft!.Apply(preset);
        chosen = preset;
    });

    private async Task ChangeAsync(Action change)
    {
        change();
        needsMending = false;
        var number = ++changes;
        var closed = Closed;
        try
        {
            await Task.Delay(Pause, Time, closed);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return;   // the page has gone
        }
        if (number == changes && !isLaunching) await TryAsync(LookAsync);
    }

    // While stages come and go, what was counted may be of another one.
    private StagePreview? PreviewOf(int index, StageDraft stage) => preview is not null && index < preview.Stages.Count && preview.Stages[index].Kind == stage.Kind ? preview.Stages[index] : null;

    private async Task LaunchAsync()
    {
        if (isLaunching) return;
        needsMending = start.Fault is not null || draft!.Stages.Count == 0 || draft.Stages.Any(stage => stage.Faults.Count > 0);
        if (needsMending) return;
        isLaunching = true;
        Guid? launched = null;
        await TryAsync(async (actor, stop) =>
        {
            await LookAsync(actor, stop);
            launched = await Rounds.LaunchAsync(actor, ProjectId, new RoundLaunch { Plan = draft!.ToPlan(), StartsAt = start.At, AfterNewJudgments = start.AfterJudgments }, stop);
        });
        isLaunching = false;
        if (launched is { } round) Navigation.NavigateTo(RoundAddress.Of(ProjectId, round));
        // Each refusal stands at its stage already.
        else if (Errors.Count > 0 && Errors.Keys.All(field => field.StartsWith("plan.stages", StringComparison.Ordinal))) (needsMending, Problem) = (true, null);
    }
}
