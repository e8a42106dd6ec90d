using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Features.Models;

public sealed partial class ModelsPage
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    private ProjectDetails? project;
    private ModelDetails? details;
    private TrialReply? trial;
    private ModelServerStatus? server;
    private IReadOnlyList<CandidateProgress> jobs = [];
    private IReadOnlyList<FlaggedReply> flagged = [];
    private bool isSaved, isTrying;
    private string question = "";

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private ModelService Models { get; set; } = default!;

    [Inject]
    private CandidateService Candidates { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var isOpen = await TryAsync(async (actor, stop) =>
        {
            details = await Models.GetAsync(actor, ProjectId, stop);
            project = await Projects.GetAsync(actor, ProjectId, stop);
            await LookAsync(actor, stop);
        });
        if (isOpen) await FollowAsync();
    }

    private async Task LookAsync(Actor actor, CancellationToken stop)
    {
        jobs = (await Candidates.ListAsync(actor, ProjectId, new PageRequest { Limit = 20 }, stop)).Items;
        flagged = (await Candidates.FlaggedAsync(actor, ProjectId, new PageRequest { Limit = 20 }, stop)).Items;
        server = actor.IsSiteAdmin ? await Models.ServerAsync(actor, stop) : null;
    }

    // What goes on is followed without being asked; what was refused meanwhile stays to be read.
    private async Task FollowAsync()
    {
        var closed = Closed;
        using var timer = new PeriodicTimer(LookAgain, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
            {
                if (Problem is not null || isTrying) continue;
                if (await TryAsync(LookAsync)) StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The page has gone.
        }
    }

    private async Task ChooseAsync(ModelChoice choice)
    {
        trial = null;
        isSaved = await TryAsync(async (actor, stop) => details = await Models.ChooseAsync(actor, ProjectId, choice, stop));
    }

    private async Task TryItAsync()
    {
        if (isTrying || string.IsNullOrWhiteSpace(question)) return;
        (isTrying, trial, isSaved) = (true, null, false);
        await TryAsync(async (actor, stop) =>
        {
            try
            {
                trial = await Models.TryAsync(actor, ProjectId, new ModelTrial { Prompt = question }, stop);
            }
            catch (ModelException error)
            {
                throw new InvalidRequestException("", error.Message);
            }
        });
        isTrying = false;
    }

    private Task OrderAsync(CandidateOrder order) => ThenLookAsync((actor, stop) => Candidates.StartAsync(actor, ProjectId, order, stop));

    private Task CancelAsync(Guid jobId) => ThenLookAsync((actor, stop) => Candidates.CancelAsync(actor, ProjectId, jobId, stop));

    private Task ClearAsync(Guid responseId) => ThenLookAsync((actor, stop) => Candidates.ClearAsync(actor, ProjectId, responseId, stop));

    private Task ThenLookAsync(Func<Actor, CancellationToken, Task> change) => TryAsync(async (actor, stop) =>
    {
        await change(actor, stop);
        await LookAsync(actor, stop);
    });
}
