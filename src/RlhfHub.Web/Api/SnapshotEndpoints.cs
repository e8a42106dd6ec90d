using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

internal static class SnapshotEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var snapshots = root.MapGroup("/projects/{projectId:guid}/snapshots").WithTags("Snapshots");
        snapshots.MapGet("", (Caller caller, SnapshotService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Review, "Snapshots, newest first");
        snapshots.MapPost("", async (Caller caller, SnapshotService service, Guid projectId, SnapshotDraft draft, CancellationToken stop) =>
                new Created(await service.CreateAsync(caller.Actor, projectId, draft, stop)))
            .Requires(Policy.Manage, "Freeze judgments into a snapshot");
        snapshots.MapPost("/preview", (Caller caller, SnapshotService service, Guid projectId, SnapshotRules rules, CancellationToken stop) => service.PreviewAsync(caller.Actor, projectId, rules, stop))
            .Reads(Policy.Manage, "What a snapshot by these rules would hold");
        snapshots.MapGet("/{snapshotId:guid}", (Caller caller, SnapshotService service, Guid projectId, Guid snapshotId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, snapshotId, stop))
            .Reads(Policy.Review, "A snapshot, and how many of its judgments have changed since");
        snapshots.MapPost("/{snapshotId:guid}/export", async (Caller caller, ExportService service, Guid projectId, Guid snapshotId, ExportChoice choice, CancellationToken stop) =>
            {
                var export = await service.ExportAsync(caller.Actor, projectId, snapshotId, choice, stop);
                return Results.Stream(stream => WriteAsync(export, stream, stop), "application/octet-stream", export.FileName);
            })
            .Reads(Policy.Manage, "A snapshot as a file of any format that can carry it");
    }

    // A refusal in the middle must not look like a whole file: the connection breaks instead.
    private static async Task WriteAsync(SnapshotExport export, Stream stream, CancellationToken cancellationToken)
    {
        var result = await export.WriteAsync(stream, cancellationToken);
        if (result.Refusal is { } refusal) throw new InvalidOperationException($"The export of {export.FileName} ended after {result.Written} examples: {refusal}");
    }
}
