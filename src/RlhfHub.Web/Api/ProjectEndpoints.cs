using RlhfHub.Domain;
using RlhfHub.Domain.Datasets.Archives;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Api;

internal static class ProjectEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var projects = root.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("", (Caller caller, ProjectService service, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, page.Request, stop))
            .Reads(Policy.SignedIn, "The projects that you belong to, newest first");
        projects.MapPost("", async (Caller caller, ProjectService service, ProjectDraft draft, CancellationToken stop) => new Created(await service.CreateAsync(caller.Actor, draft, stop)))
            .Requires(Policy.ManageSite, "Make a project");
        projects.MapGet("/{projectId:guid}", (Caller caller, ProjectService service, Guid projectId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, stop))
            .Reads(Policy.See, "A project");
        projects.MapGet("/{projectId:guid}/progress", (Caller caller, ProgressService service, Guid projectId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Manage, "How a project stands, and what is missing");
        projects.MapPut("/{projectId:guid}", async (Caller caller, ProjectService service, Guid projectId, Versioned<ProjectDraft> body, CancellationToken stop) =>
                new Changed(await service.UpdateAsync(caller.Actor, projectId, body.Version, body.Value, stop)))
            .Requires(Policy.Manage, "Change a project's name, description and settings");
        projects.MapPut("/{projectId:guid}/archived", async (Caller caller, ProjectService service, Guid projectId, Versioned<bool> body, CancellationToken stop) =>
                new Changed(await service.ArchiveAsync(caller.Actor, projectId, body.Version, body.Value, stop)))
            .Requires(Policy.Manage, "Close a project, or open it again");
        projects.MapPost("/{projectId:guid}/clones", async (Caller caller, ProjectService service, Guid projectId, NewName body, CancellationToken stop) =>
                new Created(await service.CloneAsync(caller.Actor, projectId, body.Name, stop)))
            .Requires(Policy.ManageSite, "Make a project with the settings and guidelines of this one");
        projects.MapGet("/{projectId:guid}/archive", async (Caller caller, ArchiveService service, Guid projectId, bool? isGzip, CancellationToken stop) =>
            {
                var archive = await service.ExportAsync(caller.Actor, projectId, isGzip ?? false, stop);
                return Results.Stream(stream => archive.WriteAsync(stream, stop), "application/octet-stream", archive.FileName);
            })
            .Reads(Policy.Manage, "The whole project as one file");
        projects.MapPost("/archives", async (Caller caller, ArchiveService service, HttpRequest request, CancellationToken stop) => new Created(await service.ImportAsync(caller.Actor, request.Body, stop)))
            .Accepts<Stream>("application/octet-stream").WithMetadata(new BodyLimit(ArchiveService.MaxFileBytes))
            .Requires(Policy.ManageSite, "Make a project of an archive; its bytes are the body");
        projects.MapGet("/{projectId:guid}/guidelines", (Caller caller, ProjectService service, Guid projectId, int? number, CancellationToken stop) =>
                service.GuidelinesAsync(caller.Actor, projectId, number, stop))
            .Reads(Policy.See, "The guidelines in force, or an earlier version");
        projects.MapPut("/{projectId:guid}/guidelines", async (Caller caller, ProjectService service, Guid projectId, GuidelinesDraft body, CancellationToken stop) =>
                new GuidelinesWritten(await service.WriteGuidelinesAsync(caller.Actor, projectId, body.Seen, body.Markdown, stop)))
            .Requires(Policy.Manage, "Write a new version of the guidelines");
    }
}

/// <summary>The part of a list, from the query.</summary>
internal sealed record PageQuery(Guid? After, int? Limit)
{
    public PageRequest Request => new() { After = After, Limit = Limit ?? 50 };
}

/// <summary>A change, with the version that it starts from.</summary>
internal sealed record Versioned<T>
{
    public required Guid Version { get; init; }

    public required T Value { get; init; }
}

/// <summary>What was made.</summary>
internal sealed record Created(Guid Id);

/// <summary>The version after a change.</summary>
internal sealed record Changed(Guid Version);

/// <summary>A name to give.</summary>
internal sealed record NewName
{
    public required string Name { get; init; }
}

/// <summary>New guidelines, with the number of the version that they go on from.</summary>
internal sealed record GuidelinesDraft
{
    public required int Seen { get; init; }

    public required string Markdown { get; init; }
}

/// <summary>The number of the guidelines that were written.</summary>
internal sealed record GuidelinesWritten(int Number);
