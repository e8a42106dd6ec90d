using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

internal static class HeadToHeadEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var all = root.MapGroup("/projects/{projectId:guid}/head-to-heads").WithTags("Versions");
        all.MapGet("", (Caller caller, HeadToHeadService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Review, "Models against each other, newest first, with win rates");
        all.MapPost("", async (Caller caller, HeadToHeadService service, Guid projectId, HeadToHeadChoice choice, CancellationToken stop) => new Created(await service.StartAsync(caller.Actor, projectId, choice, stop)))
            .Requires(Policy.Manage, "Have two models compared blind");
        all.MapGet("/{headToHeadId:guid}", (Caller caller, HeadToHeadService service, Guid projectId, Guid headToHeadId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, headToHeadId, stop))
            .Reads(Policy.Review, "Two models against each other");
        all.MapPost("/{headToHeadId:guid}/cancel", async (Caller caller, HeadToHeadService service, Guid projectId, Guid headToHeadId, CancellationToken stop) => new { cancelled = await service.CancelAsync(caller.Actor, projectId, headToHeadId, stop) })
            .Requires(Policy.Manage, "End the writing of a head-to-head; comparisons that were made stay");
    }
}
