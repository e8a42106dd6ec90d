using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

internal static class VersionEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var versions = root.MapGroup("/projects/{projectId:guid}/versions").WithTags("Versions");
        versions.MapGet("", (Caller caller, VersionService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Review, "Models that runs left, newest first");
        versions.MapGet("/{versionId:guid}", (Caller caller, VersionService service, Guid projectId, Guid versionId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, versionId, stop))
            .Reads(Policy.Review, "A version, and where it comes from");
        versions.MapPost("/{versionId:guid}/promotion", async (Caller caller, VersionService service, Guid projectId, Guid versionId, CancellationToken stop) =>
                new Flag { Value = await service.PromoteAsync(caller.Actor, projectId, versionId, stop) })
            .Requires(Policy.Manage, "Put a version into use");
        versions.MapPut("/{versionId:guid}/retired", (Caller caller, VersionService service, Guid projectId, Guid versionId, Flag body, CancellationToken stop) =>
                service.RetireAsync(caller.Actor, projectId, versionId, body.Value, stop))
            .Requires(Policy.Manage, "Take a version out of every choice, or back into it");
    }
}
