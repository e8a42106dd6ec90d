using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Audit;

/// <summary>Reading the log, newest entry first, and checking it.</summary>
public sealed class AuditService(IDbContextFactory<RlhfHubDbContext> contexts, Access access)
{
    /// <summary>Most entries that a page holds.</summary>
    public const int MaxPageSize = 500;

    /// <summary>The whole installation's log.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="before">The number that the page before ended with; null for the newest.</param>
    /// <param name="count">How many at most, 1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Requires(Policy.ManageSite, ReadsOnly = true)]
    public async Task<IReadOnlyList<AuditRecord>> ListAsync(Actor actor, AuditFilter filter, long? before, int count, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite, readsOnly: true);
        return await ReadAsync(null, filter, before, count, cancellationToken);
    }

    /// <summary>One project's part of the log.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="before">The number that the page before ended with; null for the newest.</param>
    /// <param name="count">How many at most, 1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<IReadOnlyList<AuditRecord>> ListForProjectAsync(Actor actor, Guid projectId, AuditFilter filter, long? before, int count, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        return await ReadAsync(projectId, filter, before, count, cancellationToken);
    }

    /// <summary>Reads the whole log and checks every link of the chain.</summary>
    [Requires(Policy.ManageSite, ReadsOnly = true)]
    public async Task<AuditVerdict> VerifyAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await AuditLog.VerifyAsync(db, cancellationToken);
    }

    private async Task<IReadOnlyList<AuditRecord>> ReadAsync(Guid? projectId, AuditFilter filter, long? before, int count, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = db.AuditEntries.AsNoTracking();
        if (projectId is not null) entries = entries.Where(entry => entry.ProjectId == projectId);
        if (filter.PersonId is not null) entries = entries.Where(entry => entry.PersonId == filter.PersonId);
        if (!string.IsNullOrWhiteSpace(filter.Action)) entries = entries.Where(entry => entry.Action.StartsWith(filter.Action.Trim()));
        if (!string.IsNullOrWhiteSpace(filter.Subject)) entries = entries.Where(entry => entry.Subject == filter.Subject.Trim());
        if (filter.From is not null) entries = entries.Where(entry => entry.At >= filter.From);
        if (filter.Until is not null) entries = entries.Where(entry => entry.At < filter.Until);
        if (before is not null) entries = entries.Where(entry => entry.Number < before);
        return await (
            from entry in entries
            join person in db.Users on entry.PersonId equals (Guid?)person.Id into people
            from person in people.DefaultIfEmpty()
            orderby entry.Number descending
            select new AuditRecord(entry.Number, entry.At, entry.PersonId, person == null ? null : person.DisplayName, entry.Action, entry.ProjectId, entry.Subject, entry.Details))
            .Take(Math.Clamp(count, 1, MaxPageSize)).ToListAsync(cancellationToken);
    }
}

/// <summary>Which entries of the log; what is null does not matter.</summary>
/// <param name="PersonId">Who did it.</param>
/// <param name="Action">How the action begins: "person." or "person.sign-in".</param>
/// <param name="Subject">To what it was done.</param>
/// <param name="From">Not before, in UTC.</param>
/// <param name="Until">Before, in UTC.</param>
public sealed record AuditFilter(Guid? PersonId = null, string? Action = null, string? Subject = null, DateTime? From = null, DateTime? Until = null);

/// <summary>An entry of the log for reading.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When.</param>
/// <param name="PersonId">Who; null for the installation itself, or somebody who was not signed in.</param>
/// <param name="PersonName">Their name.</param>
/// <param name="Action">What was done.</param>
/// <param name="ProjectId">In which project.</param>
/// <param name="Subject">To what.</param>
/// <param name="Details">Details as JSON.</param>
public sealed record AuditRecord(long Number, DateTime At, Guid? PersonId, string? PersonName, string Action, Guid? ProjectId, string Subject, string Details);
