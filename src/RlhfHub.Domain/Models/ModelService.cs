using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>Which model a project uses, and whether it answers.</summary>
public sealed class ModelService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, IModelHost host, TimeProvider time)
{
    // A trial shows that a model answers, not how long it can talk.
    private const int LongestTrial = 10_000;

    /// <summary>The project's model. Its key is never told.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<ModelDetails> GetAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        var model = await AddressAsync(projectId, cancellationToken);
        return new(model.Source, model.Name, model.Endpoint, model.SealedKey is not null, host.Installed(), await VersionNameAsync(projectId, model, cancellationToken));
    }

    /// <summary>Chooses the project's model.</summary>
    /// <exception cref="InvalidRequestException">There is no such model here, or the address may not be called.</exception>
    [Requires(Policy.Manage)]
    public async Task<ModelDetails> ChooseAsync(Actor actor, Guid projectId, ModelChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(choice);
        var (name, endpoint) = await CheckAsync(projectId, choice, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await writes.RunAsync(
            async db =>
            {
                var model = await db.ChosenModels.SingleOrDefaultAsync(entry => entry.ProjectId == projectId, cancellationToken) ?? db.Add(new ChosenModel { ProjectId = projectId, Name = name }).Entity;
                // A key belongs to its address: kept for another one, it would be sent to whoever is there.
                var kept = endpoint is not null && model.Endpoint == endpoint ? model.SealedKey : null;
                model.SealedKey = endpoint is null || choice.Key == "" ? null : choice.Key is null ? kept : host.Seal(choice.Key);
                (model.Source, model.Name, model.Endpoint) = (choice.Source, name, endpoint);
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "model.choose", projectId, name, new { choice.Source, endpoint, HasKey = model.SealedKey is not null }, now, cancellationToken);
            },
            cancellationToken);
        return await GetAsync(actor, projectId, cancellationToken);
    }

    /// <summary>Asks the project's model one question.</summary>
    /// <exception cref="ModelException">It does not answer.</exception>
    [Requires(Policy.Manage)]
    public async Task<TrialReply> TryAsync(Actor actor, Guid projectId, ModelTrial trial, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(trial);
        var model = await AddressAsync(projectId, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var reply = new StringBuilder();
        await foreach (var piece in host.WriteAsync(model, [new Message(Message.User, trial.Prompt)], new ReplySampling(1, 1, null, 1), cancellationToken))
        {
            reply.Append(piece);
            if (reply.Length > LongestTrial) break;
        }
        return new(reply.ToString(), Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1));
    }

    /// <summary>How the site's own model server is.</summary>
    [Requires(Policy.ManageSite, ReadsOnly = true)]
    public async Task<ModelServerStatus> ServerAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite, readsOnly: true);
        return await host.StatusAsync(cancellationToken);
    }

    private async Task<string?> VersionNameAsync(Guid projectId, ModelAddress model, CancellationToken cancellationToken)
    {
        // As in: versions/0193a7c2d5f07cc2a1b0c3d4e5f60718
        if (model.Source != ModelSource.Own || model.Name.Split('/') is not [ModelVersion.Folder, var id] || !Guid.TryParseExact(id, "N", out var versionId)) return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ModelVersions.Where(version => version.Id == versionId && version.ProjectId == projectId && version.Role == VersionRole.Policy).Select(version => version.Name).SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<(string Name, string? Endpoint)> CheckAsync(Guid projectId, ModelChoice choice, CancellationToken cancellationToken)
    {
        var name = choice.Name.Trim();
        if (name.Length == 0) throw new InvalidRequestException("name", "The model has no name; give the one that it is called by.");
        if (choice.Source == ModelSource.Own)
        {
            var installed = host.Installed();
            return installed.Contains(name) || await VersionNameAsync(projectId, new ModelAddress(ModelSource.Own, name), cancellationToken) is not null ? (name, null) : throw new InvalidRequestException("name", $"There is no model '{name}' on this site; {(installed.Count == 0 ? "none is installed" : $"there is {string.Join(", ", installed)}")}.");
        }
        if (!Uri.TryCreate(choice.Endpoint?.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new InvalidRequestException("endpoint", "The address must be one like https://api.example.org/v1, with nothing but the path behind the name.");
        if (await host.RefusalAsync(address, cancellationToken) is { } refusal) throw new InvalidRequestException("endpoint", refusal);
        return (name, address.ToString().TrimEnd('/'));
    }

    private async Task<ModelAddress> AddressAsync(Guid projectId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ModelAddress.OfAsync(db, projectId, cancellationToken);
    }
}
