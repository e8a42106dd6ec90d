using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Removes projects that an archive was not read into to its end.</summary>
internal static class UnfinishedProjects
{
    private const int AtOnce = 1000;

    /// <summary>Removes them all. Only while no archive is being read.</summary>
    /// <param name="run">Runs a portion of the work; between two of them others may write.</param>
    /// <param name="cancellationToken">Stops it; the rest goes the next time.</param>
    public static async Task RemoveAsync(Func<Func<RlhfHubDbContext, Task<int>>, Task<int>> run, CancellationToken cancellationToken)
    {
        List<Guid> projects = [];
        await run(async db =>
        {
            projects.AddRange(await db.Projects.IgnoreQueryFilters().Where(project => project.IsIncomplete).Select(project => project.Id).ToListAsync(cancellationToken));
            return projects.Count;
        });
        foreach (var project in projects)
        {
            // From the leaves to the root: the database refuses to delete what something stands on.
            while (await run(db => RemoveJudgmentsAsync(db, project, cancellationToken)) > 0) { }
            while (await run(db => RemoveTasksAsync(db, project, cancellationToken)) > 0) { }
            while (await run(db => db.Prompts.Where(prompt => prompt.ProjectId == project).Take(AtOnce).ExecuteDeleteAsync(cancellationToken)) > 0) { }
            await run(db => db.Projects.IgnoreQueryFilters().Where(row => row.Id == project && row.IsIncomplete).ExecuteDeleteAsync(cancellationToken));
        }
    }

    private static async Task<int> RemoveJudgmentsAsync(RlhfHubDbContext db, Guid project, CancellationToken cancellationToken)
    {
        var ids = await db.Judgments.Where(judgment => judgment.ProjectId == project).Select(judgment => judgment.Id).Take(AtOnce).ToListAsync(cancellationToken);
        await db.SnapshotJudgments.Where(entry => ids.Contains(entry.JudgmentId)).ExecuteDeleteAsync(cancellationToken);
        return await db.Judgments.Where(judgment => ids.Contains(judgment.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<int> RemoveTasksAsync(RlhfHubDbContext db, Guid project, CancellationToken cancellationToken)
    {
        var ids = await db.Tasks.Where(task => task.ProjectId == project).Select(task => task.Id).Take(AtOnce).ToListAsync(cancellationToken);
        await db.Assignments.Where(assignment => ids.Contains(assignment.TaskId)).ExecuteDeleteAsync(cancellationToken);
        return await db.Tasks.Where(task => ids.Contains(task.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
