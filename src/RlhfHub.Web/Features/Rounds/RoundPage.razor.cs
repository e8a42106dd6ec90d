using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

public sealed partial class RoundPage
{
    // Curves are the most that is sent to a browser: they follow more slowly than the numbers.
    private static readonly TimeSpan BetweenCharts = TimeSpan.FromSeconds(2);

    private ProjectDetails? project;
    private RoundDetails? round;
    private SnapshotDetails? snapshot;
    private RunFollower? follower, compared;
    private IReadOnlyList<VersionDetails> versions = [];
    private IReadOnlyList<(Guid Id, string Name)> others = [];
    private long chartVersion;
    private DateTimeOffset chartsAt;
    private string? refused, done;
    private bool isPinned;   // somebody chose the run; until then the page goes along with the round

    [Parameter]
    public Guid ProjectId { get; set; }

    [Parameter]
    public Guid RoundId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private RoundService Rounds { get; set; } = default!;

    [Inject]
    private SnapshotService Snapshots { get; set; } = default!;

    [Inject]
    private VersionService Versions { get; set; } = default!;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private bool CanManage => project is { Role: ProjectRole.Admin, IsArchived: false };

    private RunSummary? Chosen => round?.Summary.Runs.FirstOrDefault(run => run.Id == follower?.RunId);

    private static string When(RoundDetails round) => round switch
    {
        { Summary: { StartedAt: { } started, EndedAt: { } ended } } => T("Launched by {0}; {1} (UTC), took {2}", round.LaunchedBy, started.ToString("yyyy-MM-dd HH:mm"), TimeLeft.Words(ended - started)),
        { Summary.StartedAt: { } started } => T("Launched by {0}; running since {1} (UTC)", round.LaunchedBy, started.ToString("yyyy-MM-dd HH:mm")),
        { StartsAt: { } at } => T("Launched by {0}; it begins at {1} (UTC)", round.LaunchedBy, at.ToString("yyyy-MM-dd HH:mm")),
        { StartsAtJudgments: { } count } => T("Launched by {0}; it begins when the project has {1:N0} judgments", round.LaunchedBy, count),
        _ => T("Launched by {0}", round.LaunchedBy),
    };

    protected override async Task OnInitializedAsync()
    {
        var isOpen = await TryAsync(async (actor, stop) =>
        {
            project = await Projects.GetAsync(actor, ProjectId, stop);
            await ReadRoundAsync(actor, stop);
            await ReadEventsAsync(actor, follower!, [], stop);
            others = await ReadOthersAsync(actor, stop);
            Draw();
        });
        if (isOpen) await new LiveLook(Feed, Time).FollowAsync(news => news is RunNews { RoundId: var of } && of == RoundId || news is RoundNews { RoundId: var about } && about == RoundId, LookAsync, Closed);
    }

    private async Task LookAsync(bool hasNews)
    {
        var isBehind = follower!.Curves.Version != chartVersion && Time.GetUtcNow() - chartsAt >= BetweenCharts;
        if (!hasNews && !isBehind) return;
        if (hasNews)
        {
            await TryAsync(async (actor, stop) =>
            {
                var before = follower!.RunId;
                await ReadRoundAsync(actor, stop);
                await ReadEventsAsync(actor, follower!, [], stop);
                if (follower!.RunId != before) others = await ReadOthersAsync(actor, stop);
            });
        }
        if (isBehind) Draw();
        StateHasChanged();
    }

    private void Draw() => (chartVersion, chartsAt) = (follower!.Curves.Version, Time.GetUtcNow());

    private async Task ReadRoundAsync(Actor actor, CancellationToken stop)
    {
        var made = round?.Summary.Runs.Count(run => run.VersionId is not null) ?? -1;
        round = await Rounds.GetAsync(actor, ProjectId, RoundId, stop);
        if (snapshot?.Id != round.SnapshotId) snapshot = round.SnapshotId is { } id ? await Snapshots.GetAsync(actor, ProjectId, id, stop) : null;
        if (made != round.Summary.Runs.Count(run => run.VersionId is not null)) versions = await ReadVersionsAsync(actor, stop);
        if (isPinned) return;
        var current = round.Summary.Runs.LastOrDefault(run => run.State != RunState.Waiting) ?? round.Summary.Runs[0];
        if (follower?.RunId != current.Id) (follower, compared, chartVersion) = (new RunFollower(current.Id), null, -1);
    }

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

    private async Task ReadEventsAsync(Actor actor, RunFollower run, IReadOnlyList<string> kinds, CancellationToken stop)
    {
        while (true)
        {
            var events = await Rounds.EventsAsync(actor, ProjectId, run.RunId, run.Seq, kinds, RoundService.MostEvents, stop);
            run.Add(events);
            if (events.Count < RoundService.MostEvents) return;
        }
    }

    // Of the same kind, and with something measured.
    private async Task<IReadOnlyList<(Guid Id, string Name)>> ReadOthersAsync(Actor actor, CancellationToken stop)
    {
        var kind = Chosen!.Kind;
        var page = await Rounds.ListAsync(actor, ProjectId, new PageRequest(), stop);
        return [.. page.Items.SelectMany(other => other.Runs.Where(run => run.Kind == kind && run.Step > 0 && run.Id != follower!.RunId).Select(run => (run.Id, T("Round {0}", other.Number))))];
    }

    private Task ChooseAsync(Guid runId) => DoAsync(async (actor, stop) =>
    {
        RunFollower chosen = new(runId);
        await ReadEventsAsync(actor, chosen, [], stop);
        (follower, compared, isPinned) = (chosen, null, true);
        others = await ReadOthersAsync(actor, stop);
        Draw();
    });

    private Task CompareAsync(Guid? runId) => DoAsync(async (actor, stop) =>
    {
        if (runId is not { } id)
        {
            compared = null;
            return;
        }
        RunFollower other = new(id);
        await ReadEventsAsync(actor, other, ["metric"], stop);
        compared = other;
    });

    private Task PauseAsync() => DoAsync(async (actor, stop) => done = await Rounds.PauseAsync(actor, ProjectId, RoundId, stop) ? T("The round saves and then waits.") : T("There was nothing to pause."));

    private Task StopAsync() => DoAsync(async (actor, stop) => done = await Rounds.StopAsync(actor, ProjectId, RoundId, stop) ? T("The round saves and then ends.") : T("There was nothing to stop."));

    private Task CheckpointAsync() => DoAsync(async (actor, stop) => done = await Rounds.CheckpointAsync(actor, ProjectId, RoundId, stop) ? T("A checkpoint is asked for; the log says when it is there.") : T("No stage is at work now."));

    private Task ResumeAsync(JsonObject? options) => DoAsync(async (actor, stop) =>
        done = await Rounds.ResumeAsync(actor, ProjectId, RoundId, new RoundResumption { Options = options }, stop) ? T("The round goes on.") : T("There was nothing to go on with."));

    // A look that follows must not take the sentence away before it is read.
    private async Task DoAsync(Func<Actor, CancellationToken, Task> call)
    {
        (refused, done) = (null, null);
        await TryAsync(async (actor, stop) =>
        {
            await call(actor, stop);
            await ReadRoundAsync(actor, stop);
        });
        refused = Problem;
    }
}
