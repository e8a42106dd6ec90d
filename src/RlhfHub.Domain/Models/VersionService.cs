using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Models;

/// <summary>A project's versions: where each comes from, how good it is, and which is in use.</summary>
public sealed class VersionService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    /// <summary>Versions, newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<VersionDetails>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Details(db, projectId).Where(version => page.After == null || version.Id.CompareTo(page.After.Value) < 0).OrderByDescending(version => version.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return page.Cut(rows, version => version.Id);
    }

    /// <summary>A version.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<VersionDetails> GetAsync(Actor actor, Guid projectId, Guid versionId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Details(db, projectId).SingleOrDefaultAsync(version => version.Id == versionId, cancellationToken) ?? throw AccessException.NotFound("version", versionId);
    }

    /// <summary>A version whose files are to be taken out, which is written down.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<VersionDownload> DownloadAsync(Actor actor, Guid projectId, Guid versionId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        return await writes.RunAsync(
            async db =>
            {
                var version = await FindAsync(db, projectId, versionId, cancellationToken);
                await AuditLog.RecordAsync(db, actor, "version.download", projectId, version.Name, new { version.Id }, time.GetUtcNow().UtcDateTime, cancellationToken);
                return new VersionDownload(version.Name, version.ServedName);
            },
            cancellationToken);
    }

    /// <summary>Puts a version into use. The one of the same role that was in use becomes a candidate again, so that going back is the same step; one that writes text writes the project's replies from now on.</summary>
    /// <returns>Whether it was not in use yet.</returns>
    [Requires(Policy.Manage)]
    public async Task<bool> PromoteAsync(Actor actor, Guid projectId, Guid versionId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var version = await FindAsync(db, projectId, versionId, cancellationToken);
                if (version.State == VersionState.InUse) return false;
                foreach (var before in await db.ModelVersions.Where(entry => entry.ProjectId == projectId && entry.Role == version.Role && entry.State == VersionState.InUse).ToListAsync(cancellationToken)) before.State = VersionState.Candidate;
                version.State = VersionState.InUse;
                if (version.Role == VersionRole.Policy)
                {
                    var chosen = await db.ChosenModels.SingleOrDefaultAsync(entry => entry.ProjectId == projectId, cancellationToken) ?? db.Add(new ChosenModel { ProjectId = projectId, Name = version.ServedName }).Entity;
                    (chosen.Source, chosen.Name, chosen.Endpoint, chosen.SealedKey) = (ModelSource.Own, version.ServedName, null, null);
                }
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "version.promote", projectId, version.Name, new { version.Id, version.Role }, now, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Takes a version out of every choice, or back into it. One in use cannot be retired.</summary>
    /// <exception cref="InvalidRequestException">It is in use.</exception>
    [Requires(Policy.Manage)]
    public async Task RetireAsync(Actor actor, Guid projectId, Guid versionId, bool isRetired, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await writes.RunAsync(
            async db =>
            {
                var version = await FindAsync(db, projectId, versionId, cancellationToken);
                if (version.State == VersionState.InUse) throw new InvalidRequestException("", $"'{version.Name}' is in use; promote another version first.");
                version.State = isRetired ? VersionState.Retired : VersionState.Candidate;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, isRetired ? "version.retire" : "version.restore", projectId, version.Name, new { version.Id }, now, cancellationToken);
            },
            cancellationToken);
    }

    private static async Task<ModelVersion> FindAsync(RlhfHubDbContext db, Guid projectId, Guid versionId, CancellationToken cancellationToken) =>
        await db.ModelVersions.SingleOrDefaultAsync(version => version.Id == versionId && version.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("version", versionId);

    private static IQueryable<VersionDetails> Details(RlhfHubDbContext db, Guid projectId) =>
        from version in db.ModelVersions.AsNoTracking()
        join run in db.Runs on version.RunId equals run.Id
        join round in db.Rounds on run.RoundId equals round.Id
        where version.ProjectId == projectId
        select new VersionDetails
        {
            Id = version.Id,
            Name = version.Name,
            Role = version.Role,
            Kind = version.Kind,
            State = version.State,
            ParentId = version.ParentId,
            BaseModel = version.BaseModel,
            Method = version.Method,
            RoundId = round.Id,
            RoundNumber = round.Number,
            RunId = run.Id,
            SnapshotId = version.SnapshotId,
            Metrics = version.Metrics,
            SizeBytes = version.SizeBytes,
            CreatedAt = version.CreatedAt,
        };
}

/// <summary>A version to be taken out.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="ServedName">What the site's own server calls it, which is its folder below <c>models/</c>.</param>
public sealed record VersionDownload(string Name, string ServedName);

/// <summary>A version, for those who run or review the project.</summary>
public sealed record VersionDetails
{
    /// <summary>The version.</summary>
    public required Guid Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required VersionRole Role { get; init; }

    /// <summary>The kind of run that made it.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether it is used.</summary>
    public required VersionState State { get; init; }

    /// <summary>The version that it was trained from; null for one trained from a base model.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>The base model, by its name on the site's own server.</summary>
    public required string BaseModel { get; init; }

    /// <summary>The parameter-efficient method; null where all weights were trained.</summary>
    public string? Method { get; init; }

    /// <summary>The round that made it.</summary>
    public required Guid RoundId { get; init; }

    /// <summary>The round's number.</summary>
    public required int RoundNumber { get; init; }

    /// <summary>The run that made it.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The frozen data behind it; null for none.</summary>
    public Guid? SnapshotId { get; init; }

    /// <summary>Its measurements by TRL's names.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>How much it holds on the disk, in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public required DateTime CreatedAt { get; init; }
}
