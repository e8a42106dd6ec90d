using Microsoft.AspNetCore.Components;
using RlhfHub.Domain;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Models;

public sealed partial class VersionsPage
{
    // Judgments come one by one; a page need not count each at once.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    private ProjectDetails? project;
    private List<VersionDetails>? versions;
    private IReadOnlyList<HeadToHeadDetails> headToHeads = [];
    private Guid? more;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private VersionService Versions { get; set; } = default!;

    [Inject]
    private HeadToHeadService HeadToHeads { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private bool IsAdmin => project is { Role: ProjectRole.Admin, IsArchived: false };

    protected override async Task OnInitializedAsync()
    {
        var isOpen = await TryAsync(async (actor, stop) =>
        {
            await LookAsync(actor, stop);
            project = await Projects.GetAsync(actor, ProjectId, stop);
        });
        if (isOpen) await FollowAsync();
    }

    private async Task FollowAsync()
    {
        var closed = Closed;
        using var timer = new PeriodicTimer(LookAgain, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
                // What was refused stays to be read.
                if (Problem is null && await TryAsync(LookAsync)) StateHasChanged();
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The page has gone.
        }
    }

    private async Task LookAsync(Actor actor, CancellationToken stop)
    {
        var page = await Versions.ListAsync(actor, ProjectId, new PageRequest { Limit = Math.Clamp(versions?.Count ?? 0, 24, 200) }, stop);
        headToHeads = (await HeadToHeads.ListAsync(actor, ProjectId, new PageRequest { Limit = 50 }, stop)).Items;
        (versions, more) = ([.. page.Items], page.Next);
    }

    private Task MoreAsync() => TryAsync(async (actor, stop) =>
    {
        var page = await Versions.ListAsync(actor, ProjectId, new PageRequest { After = more, Limit = 24 }, stop);
        versions!.AddRange(page.Items);
        more = page.Next;
    });

    private string? NameOf(Guid? version) => version is { } id ? versions?.Find(entry => entry.Id == id)?.Name ?? T("an older version") : null;

    private Task ThenLookAsync(Func<Actor, CancellationToken, Task> change) => TryAsync(async (actor, stop) =>
    {
        await change(actor, stop);
        await LookAsync(actor, stop);
    });
}
