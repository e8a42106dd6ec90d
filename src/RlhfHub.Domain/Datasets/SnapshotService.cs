using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Datasets;

/// <summary>Freezes judgments into data sets, and tells which data set holds which judgment.</summary>
public sealed class SnapshotService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, SnapshotReader reader, TimeProvider time)
{
    /// <summary>What a snapshot by these rules would hold now.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<SnapshotPreview> PreviewAsync(Actor actor, Guid projectId, SnapshotRules rules, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        RequestValidation.Validate(rules);
        var frozen = await FreezeAsync(projectId, rules, cancellationToken);
        return new(frozen.Counts, frozen.Hash);
    }

    /// <summary>Freezes what the rules take now. The same rules over the same data give the same hash.</summary>
    /// <exception cref="InvalidRequestException">The rules are not valid, or take nothing.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> CreateAsync(Actor actor, Guid projectId, SnapshotDraft draft, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(draft);
        return await FreezeAsync(actor, projectId, draft, cancellationToken);
    }

    /// <summary>The same without asking for permission, for jobs that act for somebody who had it.</summary>
    internal async Task<Guid> FreezeAsync(Actor actor, Guid projectId, SnapshotDraft draft, CancellationToken cancellationToken)
    {
        var frozen = await FreezeAsync(projectId, draft.Rules, cancellationToken);
        if (frozen.Selected.Count == 0) throw new InvalidRequestException("rules", "These rules take no judgment; take more kinds, review states or splits, or label first.");
        var now = time.GetUtcNow().UtcDateTime;
        var snapshot = new Snapshot
        {
            ProjectId = projectId,
            Name = draft.Name.Trim(),
            Rules = draft.Rules,
            Settings = frozen.Settings,
            ContentHash = frozen.Hash,
            Counts = frozen.Counts,
            CreatedById = actor.Id,
            CreatedAt = now,
        };
        await writes.RunAsync(
            async db =>
            {
                db.Add(snapshot);
                await db.SaveChangesAsync(cancellationToken);
                foreach (var portion in frozen.Selected.Chunk(200)) await InsertAsync(db, snapshot.Id, portion, cancellationToken);
                await AuditLog.RecordAsync(db, actor, "snapshot.create", projectId, snapshot.Id.ToString(), new { snapshot.Name, snapshot.ContentHash, snapshot.Counts }, now, cancellationToken);
            },
            cancellationToken);
        return snapshot.Id;
    }

    /// <summary>Snapshots, newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<SnapshotDetails>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Snapshots.AsNoTracking().Where(snapshot => snapshot.ProjectId == projectId && (page.After == null || snapshot.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(snapshot => snapshot.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        List<SnapshotDetails> details = [];
        foreach (var snapshot in rows) details.Add(await DetailsAsync(db, snapshot, cancellationToken));
        return page.Cut(details, snapshot => snapshot.Id);
    }

    /// <summary>A snapshot, with how many of its judgments have changed since.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<SnapshotDetails> GetAsync(Actor actor, Guid projectId, Guid snapshotId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var snapshot = await db.Snapshots.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == snapshotId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("snapshot", snapshotId);
        return await DetailsAsync(db, snapshot, cancellationToken);
    }

    /// <summary>The snapshots that hold a judgment, oldest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<SnapshotMembership>> HoldingAsync(Actor actor, Guid projectId, Guid judgmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await db.Judgments.AnyAsync(judgment => judgment.Id == judgmentId && judgment.ProjectId == projectId, cancellationToken)) throw AccessException.NotFound("judgment", judgmentId);
        return await (from entry in db.SnapshotJudgments
                      join snapshot in db.Snapshots on entry.SnapshotId equals snapshot.Id
                      where entry.JudgmentId == judgmentId
                      orderby snapshot.Id
                      select new SnapshotMembership(snapshot.Id, snapshot.Name, entry.Revision)).AsNoTracking().ToListAsync(cancellationToken);
    }

    private static async Task<SnapshotDetails> DetailsAsync(RlhfHubDbContext db, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var changed = await (from entry in db.SnapshotJudgments
                             join judgment in db.Judgments on entry.JudgmentId equals judgment.Id
                             where entry.SnapshotId == snapshot.Id
                                && (judgment.Revision != entry.Revision || judgment.Review == Labeling.ReviewState.Rejected
                                    || judgment.Standing == Labeling.JudgmentStanding.Withdrawn || judgment.Standing == Labeling.JudgmentStanding.Returned)
                             select entry).CountAsync(cancellationToken);
        return new(snapshot.Id, snapshot.Name, snapshot.Rules, snapshot.ContentHash, snapshot.Counts, changed, snapshot.CreatedAt);
    }

    private static Task InsertAsync(RlhfHubDbContext db, Guid snapshotId, SelectedJudgment[] portion, CancellationToken cancellationToken)
    {
        List<(string, object?)> parameters = [("@snapshot", snapshotId)];
        for (var index = 0; index < portion.Length; index++) parameters.AddRange([($"@j{index}", portion[index].JudgmentId), ($"@r{index}", portion[index].Revision), ($"@w{index}", portion[index].Weight)]);
        var values = string.Join(", ", Enumerable.Range(0, portion.Length).Select(index => $"(@snapshot, @j{index}, @r{index}, @w{index})"));
        return db.ExecuteAsync($"""INSERT INTO "SnapshotJudgments" ("SnapshotId", "JudgmentId", "Revision", "Weight") VALUES {values}""", cancellationToken, [.. parameters]);
    }

    private async Task<Frozen> FreezeAsync(Guid projectId, SnapshotRules rules, CancellationToken cancellationToken)
    {
        ProjectSettings settings;
        List<SelectedJudgment> selected;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
            selected = await SnapshotSelection.SelectAsync(db, projectId, rules, cancellationToken);
        }
        using var hash = new ExampleHash();
        SortedDictionary<string, int> kinds = [], splits = [];
        await foreach (var example in reader.ExamplesAsync(settings, selected, rules, cancellationToken))
        {
            hash.Add(example);
            var (kind, split) = (example.Example.Kind.ToString().ToLowerInvariant(), TaskExamples.SplitName(example.Split));
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            splits[split] = splits.GetValueOrDefault(split) + 1;
        }
        var counts = new SnapshotCounts(selected.Count, selected.Select(judgment => judgment.PromptId).Distinct().Count(), kinds, splits);
        return new(settings, selected, counts, hash.Finish());
    }

    private sealed record Frozen(ProjectSettings Settings, List<SelectedJudgment> Selected, SnapshotCounts Counts, string Hash);
}

/// <summary>A snapshot to be made.</summary>
public sealed record SnapshotDraft
{
    /// <summary>The name.</summary>
    [Required, StringLength(120, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>What it takes.</summary>
    [Required]
    public required SnapshotRules Rules { get; init; }
}

/// <summary>What a snapshot would hold.</summary>
/// <param name="Counts">How much.</param>
/// <param name="ContentHash">The hash that it would have.</param>
public sealed record SnapshotPreview(SnapshotCounts Counts, string ContentHash);

/// <summary>A snapshot.</summary>
/// <param name="Id">The snapshot.</param>
/// <param name="Name">Its name.</param>
/// <param name="Rules">What it takes.</param>
/// <param name="ContentHash">SHA-256 of its examples.</param>
/// <param name="Counts">How much it holds.</param>
/// <param name="Changed">How many of its judgments have another answer now or no longer stand; more than 0 means that it is stale.</param>
/// <param name="CreatedAt">When it was made, in UTC.</param>
public sealed record SnapshotDetails(Guid Id, string Name, SnapshotRules Rules, string ContentHash, SnapshotCounts Counts, int Changed, DateTime CreatedAt);

/// <summary>A snapshot that holds a judgment.</summary>
/// <param name="SnapshotId">The snapshot.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The version of the judgment that it holds.</param>
public sealed record SnapshotMembership(Guid SnapshotId, string Name, int Revision);
