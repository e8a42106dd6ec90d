using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

internal static class ModelEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var model = root.MapGroup("/projects/{projectId:guid}/model").WithTags("Models");
        model.MapGet("", (Caller caller, ModelService service, Guid projectId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Manage, "The project's model, and those of the site's own server");
        model.MapPut("", (Caller caller, ModelService service, Guid projectId, ModelChoice body, CancellationToken stop) => service.ChooseAsync(caller.Actor, projectId, body, stop))
            .Requires(Policy.Manage, "Choose the project's model");
        model.MapPost("/trial", (Caller caller, ModelService service, Guid projectId, ModelTrial body, CancellationToken stop) => service.TryAsync(caller.Actor, projectId, body, stop))
            .Requires(Policy.Manage, "Ask the project's model one question");

        var candidates = root.MapGroup("/projects/{projectId:guid}/candidates").WithTags("Models");
        candidates.MapGet("", (Caller caller, CandidateService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Manage, "Orders for replies, newest first");
        candidates.MapPost("", async (Caller caller, CandidateService service, Guid projectId, CandidateOrder body, CancellationToken stop) => new Created(await service.StartAsync(caller.Actor, projectId, body, stop)))
            .Requires(Policy.Manage, "Order replies by the project's model to prompts");
        candidates.MapGet("/{jobId:guid}", (Caller caller, CandidateService service, Guid projectId, Guid jobId, CancellationToken stop) => service.GetAsync(caller.Actor, projectId, jobId, stop))
            .Reads(Policy.Manage, "An order and how far it is");
        candidates.MapPost("/{jobId:guid}/cancellation", async (Caller caller, CandidateService service, Guid projectId, Guid jobId, CancellationToken stop) =>
                new Flag { Value = await service.CancelAsync(caller.Actor, projectId, jobId, stop) })
            .Requires(Policy.Manage, "End an order; what was written stays");

        var flagged = root.MapGroup("/projects/{projectId:guid}/flagged-replies").WithTags("Models");
        flagged.MapGet("", (Caller caller, CandidateService service, Guid projectId, [AsParameters] PageQuery page, CancellationToken stop) => service.FlaggedAsync(caller.Actor, projectId, page.Request, stop))
            .Reads(Policy.Manage, "Replies that are kept out of tasks because they tell their writer");
        flagged.MapDelete("/{responseId:guid}/flag", (Caller caller, CandidateService service, Guid projectId, Guid responseId, CancellationToken stop) => service.ClearAsync(caller.Actor, projectId, responseId, stop))
            .Requires(Policy.Manage, "Let a reply into tasks that was kept out");

        root.MapGet("/site/model-server", (Caller caller, ModelService service, CancellationToken stop) => service.ServerAsync(caller.Actor, stop)).WithTags("Site")
            .Reads(Policy.ManageSite, "How the site's own model server is");
    }
}
