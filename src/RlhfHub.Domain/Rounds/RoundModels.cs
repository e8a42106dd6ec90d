using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Rounds;

/// <summary>Finds the models that the stages of a round start from and are scored by.</summary>
public sealed class RoundModels(IDbContextFactory<RlhfHubDbContext> contexts)
{
    private static readonly string[] Writers = ["sft", "ppo", "dpo"];

    /// <summary>Whether a kind of run leaves a model that writes text.</summary>
    public static bool Writes(string kind) => Writers.Contains(kind);

    /// <summary>What a stage will start from, as people call it, and what is wrong with it.</summary>
    internal async Task<(string StartsFrom, string? Problem)> PlanAsync(Guid projectId, RoundPlan plan, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var stage = plan.Stages[number];
        string? problem = null;
        if (stage.Kind == "ppo" && !plan.Stages.Take(number).Any(earlier => earlier.Kind == "reward") && await RewardAsync(db, projectId, stage.RewardVersionId, cancellationToken) is null)
            problem = stage.RewardVersionId is null ? "PPO needs a reward model: put a reward stage before it, or train one first." : "The reward model that was chosen is not in this project.";
        if (stage.FromVersionId is { } id)
        {
            var chosen = await db.ModelVersions.AsNoTracking().SingleOrDefaultAsync(version => version.Id == id && version.ProjectId == projectId, cancellationToken);
            return (chosen?.Name ?? id.ToString(), chosen is null ? "The version to start from is not in this project." : chosen.Role != VersionRole.Policy ? $"'{chosen.Name}' does not write text; choose a version that does." : problem);
        }
        if (plan.Stages.Take(number).LastOrDefault(earlier => Writes(earlier.Kind)) is { } before) return ($"{before.Kind} of this round", problem);
        var start = await StartAsync(db, projectId, null, cancellationToken);
        return (start.Name, problem);
    }

    /// <summary>The model that a run starts from, now that the runs before it are done.</summary>
    /// <exception cref="InvalidOperationException">It is not there any more.</exception>
    internal async Task<RunModels> ResolveAsync(RlhfHubDbContext db, Round round, Run run, CancellationToken cancellationToken)
    {
        var stage = round.Plan.Stages[run.Number];
        var earlier = await db.Runs.AsNoTracking().Where(entry => entry.RoundId == round.Id && entry.Number < run.Number && entry.VersionId != null).OrderByDescending(entry => entry.Number).ToListAsync(cancellationToken);
        var from = stage.FromVersionId ?? earlier.Find(entry => Writes(entry.Kind))?.VersionId;
        var start = await StartAsync(db, round.ProjectId, from, cancellationToken);
        ModelVersion? reward = null;
        if (run.Kind == "ppo")
            reward = await RewardAsync(db, round.ProjectId, stage.RewardVersionId ?? earlier.Find(entry => entry.Kind == "reward")?.VersionId, cancellationToken)
                ?? throw new InvalidOperationException("The reward model of this round is not there any more; train one, or choose another.");
        return new(start, reward);
    }

    private static async Task<StartModel> StartAsync(RlhfHubDbContext db, Guid projectId, Guid? versionId, CancellationToken cancellationToken)
    {
        var version = versionId is { } id
            ? await db.ModelVersions.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == id && entry.ProjectId == projectId, cancellationToken) ?? throw new InvalidOperationException("The version that this run starts from is not there any more.")
            : await db.ModelVersions.AsNoTracking().SingleOrDefaultAsync(entry => entry.ProjectId == projectId && entry.Role == VersionRole.Policy && entry.State == VersionState.InUse, cancellationToken);
        if (version is not null) return new(version.Name, version.BaseModel, version);
        // What runs elsewhere cannot be trained here.
        var chosen = await ModelAddress.OfAsync(db, projectId, cancellationToken);
        var name = chosen.Source == ModelSource.Own ? chosen.Name : (await ProjectRules.ReadAsync(db, projectId)).Settings.BaseModel;
        return new(name, name, null);
    }

    private static async Task<ModelVersion?> RewardAsync(RlhfHubDbContext db, Guid projectId, Guid? versionId, CancellationToken cancellationToken)
    {
        var rewards = db.ModelVersions.AsNoTracking().Where(version => version.ProjectId == projectId && version.Role == VersionRole.Reward);
        return versionId is { } id ? await rewards.SingleOrDefaultAsync(version => version.Id == id, cancellationToken)
            : await rewards.Where(version => version.State != VersionState.Retired).OrderByDescending(version => version.State == VersionState.InUse).ThenByDescending(version => version.Id).FirstOrDefaultAsync(cancellationToken);
    }
}

/// <summary>What a run starts from.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="BaseModel">The base model, by its name on the site's own server.</param>
/// <param name="Version">The version; null for the base model itself.</param>
public sealed record StartModel(string Name, string BaseModel, ModelVersion? Version);

/// <summary>The models of a run.</summary>
/// <param name="Start">What it starts from.</param>
/// <param name="Reward">What scores its replies; null for runs that need none.</param>
public sealed record RunModels(StartModel Start, ModelVersion? Reward);
