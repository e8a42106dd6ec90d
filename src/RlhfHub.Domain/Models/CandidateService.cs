using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>Orders replies by the project's model, and lets through those that were held back.</summary>
public sealed class CandidateService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, CandidateSignal signal, TimeProvider time)
{
    /// <summary>Orders replies to prompts; they are written in the background.</summary>
    /// <exception cref="InvalidRequestException">No prompt is like that, or a number is out of range.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> StartAsync(Actor actor, Guid projectId, CandidateOrder order, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(order);
        var now = time.GetUtcNow().UtcDateTime;
        var id = await writes.RunAsync(
            async db =>
            {
                var prompts = await PromptService.Filtered(db, projectId, order.Filter).Take(order.Limit).CountAsync(cancellationToken);
                if (prompts == 0) throw new InvalidRequestException("filter", "No prompt of this project is like that.");
                var job = new CandidateJob { ProjectId = projectId, Order = order, Model = await ModelAddress.OfAsync(db, projectId, cancellationToken), Prompts = prompts, CreatedById = actor.Id, CreatedAt = now };
                db.Add(job);
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "candidates.start", projectId, job.Model.Name, order, now, cancellationToken);
                return job.Id;
            },
            cancellationToken);
        signal.Raise();
        return id;
    }

    /// <summary>Orders, newest first.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<Page<CandidateProgress>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var jobs = await db.CandidateJobs.AsNoTracking().Where(job => job.ProjectId == projectId && (page.After == null || job.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(job => job.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return page.Cut(jobs.ConvertAll(Progress), job => job.Id);
    }

    /// <summary>An order.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<CandidateProgress> GetAsync(Actor actor, Guid projectId, Guid jobId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return Progress(await db.CandidateJobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == jobId && job.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("order", jobId));
    }

    /// <summary>Ends an order; what was written stays.</summary>
    /// <returns>Whether it was still going on.</returns>
    [Requires(Policy.Manage)]
    public async Task<bool> CancelAsync(Actor actor, Guid projectId, Guid jobId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var job = await db.CandidateJobs.SingleOrDefaultAsync(entry => entry.Id == jobId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("order", jobId);
                if (job.State != CandidateState.Queued) return false;
                job.State = CandidateState.Cancelled;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "candidates.cancel", projectId, jobId.ToString(), new { job.Written }, now, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Replies that are kept out of tasks because they tell their writer, newest first.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<Page<FlaggedReply>> FlaggedAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await (
            from response in db.Responses
            join prompt in db.Prompts on response.PromptId equals prompt.Id
            where prompt.ProjectId == projectId && response.Flag != null && (page.After == null || response.Id.CompareTo(page.After.Value) < 0)
            orderby response.Id descending
            select new FlaggedReply(response.Id, prompt.Id, prompt.Messages, response.Text, response.ModelName, response.Flag!)).AsNoTracking().Take(page.Limit + 1).ToListAsync(cancellationToken);
        return page.Cut(rows, reply => reply.Id);
    }

    /// <summary>Lets a reply into tasks that was kept out.</summary>
    [Requires(Policy.Manage)]
    public async Task ClearAsync(Actor actor, Guid projectId, Guid responseId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await writes.RunAsync(
            async db =>
            {
                var response = await (from reply in db.Responses join prompt in db.Prompts on reply.PromptId equals prompt.Id where reply.Id == responseId && prompt.ProjectId == projectId select reply).SingleOrDefaultAsync(cancellationToken)
                    ?? throw AccessException.NotFound("reply", responseId);
                if (response.Flag is not { } flag) return;
                response.Flag = null;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "reply.clear", projectId, responseId.ToString(), new { flag }, now, cancellationToken);
            },
            cancellationToken);
    }

    private static CandidateProgress Progress(CandidateJob job) =>
        new(job.Id, job.Order, job.Model.Name, job.State, job.Prompts, job.PromptsDone, job.Written, job.Flagged, job.Missing, job.Note, job.CreatedAt);
}

/// <summary>Replies were ordered.</summary>
public sealed class CandidateSignal : WorkSignal;
