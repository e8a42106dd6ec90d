using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Models;

/// <summary>Puts models against each other and says who wins.</summary>
public sealed class HeadToHeadService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, HeadToHeadSignal signal, TimeProvider time)
{
    /// <summary>Has two models answer the same prompts; the comparisons reach the raters and reviewers of the project as they are written.</summary>
    /// <exception cref="InvalidRequestException">There are no such models, no such prompts, or the project asks for no comparisons.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> StartAsync(Actor actor, Guid projectId, HeadToHeadChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(choice);
        var now = time.GetUtcNow().UtcDateTime;
        var id = await writes.RunAsync(
            async db =>
            {
                var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
                if (!settings.Kinds.Contains(TaskKind.Comparison)) throw new InvalidRequestException("", "This project asks for no comparisons; add them in its settings first.");
                if (!await db.Prompts.AnyAsync(prompt => prompt.ProjectId == projectId && !prompt.IsArchived && prompt.Split == choice.Order.Split, cancellationToken))
                    throw new InvalidRequestException("order.split", $"The project has no prompts in the split '{choice.Order.Split.ToString().ToLowerInvariant()}'.");
                var (first, second) = (await AddressAsync(db, projectId, "first", choice.FirstVersionId, cancellationToken), await AddressAsync(db, projectId, "second", choice.SecondVersionId, cancellationToken));
                if (first == second) throw new InvalidRequestException("second", "Both are the same model; choose another for one of them.");
                var entry = new HeadToHead
                {
                    ProjectId = projectId,
                    First = first,
                    FirstVersionId = choice.FirstVersionId,
                    Second = second,
                    SecondVersionId = choice.SecondVersionId,
                    Order = choice.Order,
                    CreatedById = actor.Id,
                    CreatedAt = now,
                };
                db.Add(entry);
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "head-to-head.start", projectId, entry.Id.ToString(), choice, now, cancellationToken);
                return entry.Id;
            },
            cancellationToken);
        signal.Raise();
        return id;
    }

    /// <summary>All of a project, newest first, with what was judged so far.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<HeadToHeadDetails>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.HeadToHeads.AsNoTracking().Where(entry => entry.ProjectId == projectId && (page.After == null || entry.Id.CompareTo(page.After.Value) < 0)).OrderByDescending(entry => entry.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        List<HeadToHeadDetails> details = [];
        foreach (var entry in rows) details.Add(await DetailsAsync(db, entry, cancellationToken));
        return page.Cut(details, entry => entry.Id);
    }

    /// <summary>One of them.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<HeadToHeadDetails> GetAsync(Actor actor, Guid projectId, Guid headToHeadId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, await db.HeadToHeads.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == headToHeadId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("head-to-head", headToHeadId), cancellationToken);
    }

    /// <summary>Ends the writing; comparisons that were made stay.</summary>
    /// <returns>Whether it was still going on.</returns>
    [Requires(Policy.Manage)]
    public async Task<bool> CancelAsync(Actor actor, Guid projectId, Guid headToHeadId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var entry = await db.HeadToHeads.SingleOrDefaultAsync(row => row.Id == headToHeadId && row.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("head-to-head", headToHeadId);
                if (entry.State != CandidateState.Queued) return false;
                entry.State = CandidateState.Cancelled;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "head-to-head.cancel", projectId, headToHeadId.ToString(), new { entry.Tasks }, now, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>The win rate of a head-to-head's first model.</summary>
    internal static async Task<WinRate> WinRateAsync(RlhfHubDbContext db, Guid projectId, Guid headToHeadId, CancellationToken cancellationToken)
    {
        var answers = await (from task in db.Tasks
                             join judgment in db.Judgments on task.Id equals judgment.TaskId
                             join revision in db.JudgmentRevisions on judgment.Id equals revision.JudgmentId
                             where task.ProjectId == projectId && task.OrderGroup == headToHeadId && revision.Number == judgment.Revision && judgment.Review != ReviewState.Rejected
                                && (judgment.Standing == JudgmentStanding.Counted || judgment.Standing == JudgmentStanding.Settling)
                             select new { task.Id, judgment.Standing, revision.Answer }).AsNoTracking().ToListAsync(cancellationToken);
        // A reviewer who settled a comparison has the last word on it.
        return WinRate.Of(answers.GroupBy(answer => answer.Id).Select(task => (IReadOnlyCollection<double>)[.. (task.Any(answer => answer.Standing == JudgmentStanding.Settling) ? task.Where(answer => answer.Standing == JudgmentStanding.Settling) : task)
            .Select(answer => Outcome(answer.Answer)).OfType<double>()]));
    }

    private static double? Outcome(Answer answer) => answer is ComparisonAnswer { CannotJudge: false } comparison ? comparison.Better switch { 0 => 1, 1 => 0, _ => 0.5 } : null;

    private static async Task<ModelAddress> AddressAsync(RlhfHubDbContext db, Guid projectId, string field, Guid? versionId, CancellationToken cancellationToken)
    {
        if (versionId is null) return new ModelAddress(ModelSource.Own, (await ProjectRules.ReadAsync(db, projectId)).Settings.BaseModel);
        var version = await db.ModelVersions.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == versionId && entry.ProjectId == projectId, cancellationToken) ?? throw new InvalidRequestException($"{field}VersionId", "This project has no such version.");
        return version.Role == VersionRole.Policy ? new ModelAddress(ModelSource.Own, version.ServedName) : throw new InvalidRequestException($"{field}VersionId", $"'{version.Name}' does not write text; choose a version that does.");
    }

    private static async Task<HeadToHeadDetails> DetailsAsync(RlhfHubDbContext db, HeadToHead entry, CancellationToken cancellationToken)
    {
        var names = await db.ModelVersions.AsNoTracking().Where(version => version.Id == entry.FirstVersionId || version.Id == entry.SecondVersionId).ToDictionaryAsync(version => version.Id, version => version.Name, cancellationToken);
        var open = await db.Tasks.CountAsync(task => task.ProjectId == entry.ProjectId && task.OrderGroup == entry.Id && !task.IsWithdrawn && task.CountedJudgments < task.RequiredJudgments, cancellationToken);
        return new(
            entry.Id, Name(entry.FirstVersionId, entry.First), entry.FirstVersionId, Name(entry.SecondVersionId, entry.Second), entry.SecondVersionId, entry.Order, entry.RunId, entry.Step, entry.State, entry.PromptsDone, entry.Tasks, open,
            await WinRateAsync(db, entry.ProjectId, entry.Id, cancellationToken), entry.Note, entry.CreatedAt);

        string Name(Guid? id, ModelAddress address) => id is { } known && names.TryGetValue(known, out var name) ? name : entry.Step is { } step && address == entry.First ? $"step {step}" : address.Name;
    }
}

/// <summary>Two models to be put against each other.</summary>
public sealed record HeadToHeadChoice
{
    /// <summary>The version whose wins are counted; null for the project's base model.</summary>
    public Guid? FirstVersionId { get; init; }

    /// <summary>The version that it is against; null for the project's base model.</summary>
    public Guid? SecondVersionId { get; init; }

    /// <summary>Which prompts, and how.</summary>
    [Required]
    public HeadToHeadOrder Order { get; init; } = new();
}

/// <summary>Two models against each other, and who wins.</summary>
/// <param name="Id">The id.</param>
/// <param name="First">The name of the model whose wins are counted.</param>
/// <param name="FirstVersionId">Its version.</param>
/// <param name="Second">The name of the other.</param>
/// <param name="SecondVersionId">Its version.</param>
/// <param name="Order">Which prompts, and how.</param>
/// <param name="RunId">The run that asked for it.</param>
/// <param name="Step">The step of the run's checkpoint that is the first model.</param>
/// <param name="State">Where the writing stands.</param>
/// <param name="PromptsDone">Prompts that are done.</param>
/// <param name="Tasks">Comparisons that were made.</param>
/// <param name="Open">Those that wait for judgments.</param>
/// <param name="WinRate">The first model's wins so far.</param>
/// <param name="Note">What went wrong last.</param>
/// <param name="CreatedAt">When it was asked for, in UTC.</param>
public sealed record HeadToHeadDetails(
    Guid Id, string First, Guid? FirstVersionId, string Second, Guid? SecondVersionId, HeadToHeadOrder Order, Guid? RunId, long? Step, CandidateState State, int PromptsDone, int Tasks, int Open, WinRate WinRate, string? Note, DateTime CreatedAt);

/// <summary>Two models were put against each other.</summary>
public sealed class HeadToHeadSignal : WorkSignal;
