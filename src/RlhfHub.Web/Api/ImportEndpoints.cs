using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

internal static class ImportEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var imports = root.MapGroup("/projects/{projectId:guid}/imports").WithTags("Imports");
        imports.MapGet("", (Caller caller, ImportService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Manage, "Imports, newest first");
        imports.MapPost("", async (Caller caller, ImportService service, Guid projectId, string fileName, HttpRequest request, CancellationToken stop) =>
                new Created(await service.UploadAsync(caller.Actor, projectId, fileName, request.Body, stop)))
            .Accepts<Stream>("application/octet-stream").WithMetadata(new BodyLimit(ImportService.MaxFileBytes))
            .Requires(Policy.Manage, "Send a file; its bytes are the body");
        imports.MapGet("/{importId:guid}", (Caller caller, ImportService service, Guid projectId, Guid importId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, importId, stop))
            .Reads(Policy.Manage, "An import and how far it is");
        imports.MapPost("/{importId:guid}/preview", (Caller caller, ImportService service, Guid projectId, Guid importId, ImportChoice choice, CancellationToken stop) =>
                service.PreviewAsync(caller.Actor, projectId, importId, choice, stop))
            .Reads(Policy.Manage, "The first rows of a file, and what is wrong in it");
        imports.MapPost("/{importId:guid}/start", async (Caller caller, ImportService service, Guid projectId, Guid importId, ImportChoice choice, CancellationToken stop) =>
            {
                await service.StartAsync(caller.Actor, projectId, importId, choice, stop);
                return await service.GetAsync(caller.Actor, projectId, importId, stop);
            })
            .Requires(Policy.Manage, "Take a file's records into the project");
    }
}
