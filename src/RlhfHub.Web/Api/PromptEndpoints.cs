using RlhfHub.Domain.People;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Web.Api;

internal static class PromptEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var prompts = root.MapGroup("/projects/{projectId:guid}/prompts").WithTags("Prompts");
        prompts.MapGet("", (Caller caller, PromptService service, Guid projectId, [AsParameters] PromptQuery filter, [AsParameters] PageQuery page, CancellationToken stop) =>
                service.ListAsync(caller.Actor, projectId, filter.Filter, page.Request, stop))
            .Reads(Policy.Review, "Prompts, newest first");
        prompts.MapPost("", (Caller caller, PromptService service, Guid projectId, PromptDraft draft, CancellationToken stop) => service.AddAsync(caller.Actor, projectId, draft, stop))
            .Requires(Policy.Manage, "Add a prompt with replies that exist already");
        prompts.MapPut("/{promptId:guid}", async (Caller caller, PromptService service, Guid projectId, Guid promptId, Versioned<PromptChange> body, CancellationToken stop) =>
                new Changed(await service.UpdateAsync(caller.Actor, projectId, promptId, body.Version, body.Value, stop)))
            .Requires(Policy.Manage, "Change a prompt's tags, priority and use");
        prompts.MapPost("/change", (Caller caller, PromptService service, Guid projectId, PromptBulkChange change, CancellationToken stop) => service.ChangeManyAsync(caller.Actor, projectId, change, stop))
            .Requires(Policy.Manage, "Change many prompts alike");
        prompts.MapGet("/{promptId:guid}/responses", (Caller caller, PromptService service, Guid projectId, Guid promptId, CancellationToken stop) =>
                service.ResponsesAsync(caller.Actor, projectId, promptId, stop))
            .Reads(Policy.Review, "A prompt's replies, for admins with their writers");
    }
}

/// <summary>Which prompts, from the query.</summary>
internal sealed record PromptQuery(Split? Split, string? Tag, string? Source, string? Search, bool? IsArchived)
{
    public PromptFilter Filter => new() { Split = Split, Tag = Tag, Source = Source, Search = Search, IsArchived = IsArchived ?? false };
}
