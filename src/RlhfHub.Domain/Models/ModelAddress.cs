using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Models;

/// <summary>Where a model is reached.</summary>
/// <param name="Source">Where it runs.</param>
/// <param name="Name">What it is called there.</param>
/// <param name="Endpoint">The address of an outside endpoint.</param>
/// <param name="SealedKey">The endpoint's key, sealed.</param>
public sealed record ModelAddress(ModelSource Source, string Name, string? Endpoint = null, string? SealedKey = null)
{
    /// <summary>The address of a project's model. For use cases that have asked for permission.</summary>
    internal static async Task<ModelAddress> OfAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken) =>
        await db.ChosenModels.AsNoTracking().Where(model => model.ProjectId == projectId).Select(model => new ModelAddress(model.Source, model.Name, model.Endpoint, model.SealedKey)).SingleOrDefaultAsync(cancellationToken)
        ?? new ModelAddress(ModelSource.Own, (await ProjectRules.ReadAsync(db, projectId)).Settings.BaseModel);
}

/// <summary>How a reply is sampled.</summary>
/// <param name="Temperature">1 leaves the model's distribution as it is; 0 always takes the likeliest token.</param>
/// <param name="TopP">The share of probability that is sampled from.</param>
/// <param name="MaxNewTokens">The longest reply; null for as long as the model can.</param>
/// <param name="Seed">The seed.</param>
public sealed record ReplySampling(double Temperature, double TopP, int? MaxNewTokens, long Seed);
