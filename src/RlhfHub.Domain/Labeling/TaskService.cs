using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Labeling;

/// <summary>Makes tasks of prompts and looks after them.</summary>
public sealed class TaskService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    private const int PromptsAtOnce = 200;

    /// <summary>Makes tasks. A prompt gets none that it has already, so that the same request twice makes them once.</summary>
    /// <exception cref="InvalidRequestException">The project does not use this kind, or a known answer is missing or wrong.</exception>
    [Requires(Policy.Manage)]
    public async Task<TaskBatchResult> CreateAsync(Actor actor, Guid projectId, TaskBatch batch, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(batch);
        var (settings, promptIds) = await ReadAsync(projectId, batch, cancellationToken);
        await CheckAsync(batch, settings, promptIds, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var result = new TaskBatchResult(0, 0, 0);
        // In portions, so that raters who submit meanwhile wait for one portion at most.
        foreach (var portion in promptIds.Chunk(PromptsAtOnce))
        {
            var part = await writes.RunAsync(db => TaskMaker.MakeAsync(db, projectId, portion, batch, batch.RequiredJudgments ?? settings.Overlap, settings.Demonstration.OffersDraft, now, cancellationToken), cancellationToken);
            result = new(result.Created + part.Created, result.TooFewReplies + part.TooFewReplies, result.AlreadyThere + part.AlreadyThere);
        }
        await writes.RunAsync(db => AuditLog.RecordAsync(db, actor, "task.create", projectId, batch.Kind.ToString(), new { batch.Purpose, Prompts = promptIds.Count, result.Created }, now, cancellationToken), cancellationToken);
        return result;
    }

    /// <summary>Tasks, newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<TaskSummary>> ListAsync(Actor actor, Guid projectId, TaskFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(filter);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Tasks.AsNoTracking()
            .Where(task => task.ProjectId == projectId && (filter.Kind == null || task.Kind == filter.Kind) && (filter.Purpose == null || task.Purpose == filter.Purpose)
                && (filter.IsOpen == null || task.IsOpen == filter.IsOpen) && (filter.PromptId == null || task.PromptId == filter.PromptId) && (page.After == null || task.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(task => task.Id).Take(page.Limit + 1)
            .Select(task => new TaskSummary(
                task.Id, task.PromptId, task.Kind, task.Purpose, task.RequiredJudgments, task.CountedJudgments, task.LiveLeases, task.IsOpen, task.IsWithdrawn, task.Priority, task.CreatedAt))
            .ToListAsync(cancellationToken);
        return page.Cut(rows, task => task.Id);
    }

    /// <summary>How far the project's tasks are, by kind and purpose.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<TaskProgress>> ProgressAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.AsNoTracking().Where(task => task.ProjectId == projectId && !task.IsWithdrawn).GroupBy(task => new { task.Kind, task.Purpose })
            .Select(group => new TaskProgress(
                group.Key.Kind, group.Key.Purpose, group.Count(), group.Sum(task => task.IsOpen ? 1 : 0), group.Sum(task => task.RequiredJudgments), group.Sum(task => task.CountedJudgments)))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Takes a task out of the queue, or puts it back. Who has it on the desk may still answer.</summary>
    [Requires(Policy.Manage)]
    public async Task<bool> WithdrawAsync(Actor actor, Guid projectId, Guid taskId, bool isWithdrawn, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var changed = await db.Tasks.Where(task => task.Id == taskId && task.ProjectId == projectId).ExecuteUpdateAsync(set => set.SetProperty(task => task.IsWithdrawn, isWithdrawn), cancellationToken);
                if (changed == 0) throw AccessException.NotFound("task", taskId);
                await Places.FreeAsync(db, projectId, taskId, counted: 0, leases: 0, cancellationToken);
                await AuditLog.RecordAsync(db, actor, isWithdrawn ? "task.withdraw" : "task.restore", projectId, taskId.ToString(), null, now, cancellationToken);
                return isWithdrawn;
            },
            cancellationToken);
    }

    private async Task<(ProjectSettings Settings, List<Guid> PromptIds)> ReadAsync(Guid projectId, TaskBatch batch, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
        if (batch.PromptIds is null)
            return (settings, await PromptService.Filtered(db, projectId, batch.Filter).OrderBy(prompt => prompt.Id).Take(batch.Limit).Select(prompt => prompt.Id).ToListAsync(cancellationToken));
        List<Guid> known = [];
        foreach (var portion in batch.PromptIds.Distinct().Chunk(PromptsAtOnce))
            known.AddRange(await db.Prompts.Where(prompt => prompt.ProjectId == projectId && portion.Contains(prompt.Id)).Select(prompt => prompt.Id).ToListAsync(cancellationToken));
        if (batch.PromptIds.Except(known).ToList() is { Count: > 0 } unknown) throw AccessException.NotFound("prompt", unknown[0]);
        return (settings, known);
    }

    private async Task CheckAsync(TaskBatch batch, ProjectSettings settings, List<Guid> promptIds, CancellationToken cancellationToken)
    {
        if (!settings.Kinds.Contains(batch.Kind))
            throw new InvalidRequestException("kind", $"This project has no {batch.Kind.ToString().ToLowerInvariant()} tasks; its kinds are {string.Join(", ", settings.Kinds.Select(kind => kind.ToString().ToLowerInvariant()))}.");
        if (batch.Purpose != TaskPurpose.Gold)
        {
            if (batch.ExpectedAnswer is not null) throw new InvalidRequestException("expectedAnswer", "Only gold tasks have a known answer.");
            return;
        }
        if (batch.ExpectedAnswer is null) throw new InvalidRequestException("expectedAnswer", "A gold task needs its known answer.");
        if (promptIds.Count != 1) throw new InvalidRequestException("promptIds", $"A known answer fits one prompt; {promptIds.Count} are named.");
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var replies = await db.Responses.Where(response => response.PromptId == promptIds[0] && response.Flag == null).Select(response => response.Text).Distinct().CountAsync(cancellationToken);
        var shown = batch.Kind switch { TaskKind.Comparison => 2, TaskKind.Ranking => batch.RankedReplies, TaskKind.Rating or TaskKind.Classification => 1, _ => 0 };
        if (replies != shown && shown > 0) throw new InvalidRequestException("promptIds", $"A gold task of this kind needs a prompt with exactly {shown} different replies; this one has {replies}.");
        AnswerRules.Check(batch.ExpectedAnswer, batch.Kind, settings, shown);
    }
}
