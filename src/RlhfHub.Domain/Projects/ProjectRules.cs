using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Projects;

/// <summary>What the queue and the labeling pages must know of a project.</summary>
/// <param name="Settings">How raters are asked.</param>
/// <param name="GuidelinesVersion">The guidelines in force.</param>
internal sealed record ProjectRules(ProjectSettings Settings, int GuidelinesVersion)
{
    private static readonly Func<RlhfHubDbContext, Guid, Task<ProjectRules?>> Find = EF.CompileAsyncQuery(
        (RlhfHubDbContext db, Guid id) => db.Projects.Where(project => project.Id == id).Select(project => new ProjectRules(project.Settings, project.GuidelinesVersion)).FirstOrDefault());

    /// <summary>The rules of a project that is known to exist.</summary>
    public static async Task<ProjectRules> ReadAsync(RlhfHubDbContext db, Guid projectId) =>
        await Find(db, projectId) ?? throw new InvalidOperationException($"The project {projectId} is gone.");
}
