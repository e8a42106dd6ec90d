using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Prompts;

/// <summary>Single prompts: write, find, tag, archive. Files of them come in by the import.</summary>
public sealed class PromptService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    private const int PromptsAtOnce = 200;

    /// <summary>Prompts, newest first. Only for reviewers and admins: raters see a prompt when they get a task on it.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<PromptSummary>> ListAsync(Actor actor, Guid projectId, PromptFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(filter);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Filtered(db, projectId, filter)
            .Where(prompt => page.After == null || prompt.Id.CompareTo(page.After.Value) < 0)
            .OrderByDescending(prompt => prompt.Id).Take(page.Limit + 1)
            .Select(prompt => new PromptSummary(
                prompt.Id, prompt.Messages, prompt.Source, prompt.Split, prompt.Tags, prompt.Language, prompt.Priority, db.Responses.Count(response => response.PromptId == prompt.Id), prompt.CreatedAt, prompt.Version))
            .ToListAsync(cancellationToken);
        return page.Cut(rows, prompt => prompt.Id);
    }

    /// <summary>A prompt's replies, oldest first, and, for admins, their writers.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<ResponseDetails>> ResponsesAsync(Actor actor, Guid projectId, Guid promptId, CancellationToken cancellationToken)
    {
        // Reviewers label too: who wrote what is for admins.
        var showsWriters = await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true) == ProjectRole.Admin;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await db.Prompts.AnyAsync(prompt => prompt.Id == promptId && prompt.ProjectId == projectId, cancellationToken)) throw AccessException.NotFound("prompt", promptId);
        return await db.Responses.AsNoTracking().Where(response => response.PromptId == promptId).OrderBy(response => response.Id)
            .Select(response => new ResponseDetails(response.Id, response.Text, showsWriters ? response.Origin : null, showsWriters ? response.ImportedName : null, showsWriters ? response.AuthorId : null, response.CreatedAt, showsWriters ? response.ModelName : null, showsWriters ? response.Flag : null)).ToListAsync(cancellationToken);
    }

    /// <summary>Adds a prompt with replies that exist already. The same text twice is one prompt; replies that it does not have yet are added to it.</summary>
    /// <exception cref="InvalidRequestException">The conversation or a reply is not one that the project takes.</exception>
    [Requires(Policy.Manage)]
    public async Task<AddedPrompt> AddAsync(Actor actor, Guid projectId, PromptDraft draft, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(draft);
        var tags = PromptRules.Tags(draft.Tags);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
                if (PromptRules.FaultOf(draft.Messages, settings) is { } fault) throw new InvalidRequestException("messages", fault);
                foreach (var reply in draft.Responses)
                    if (PromptRules.FaultOfReply(reply, settings) is { } replyFault) throw new InvalidRequestException("responses", replyFault);

                var hash = PromptText.Hash(draft.Messages);
                var fingerprint = SimilarityHash.Of(PromptText.Flatten(draft.Messages));
                var existing = await db.Prompts.Where(prompt => prompt.ProjectId == projectId && prompt.ContentHash == hash).Select(prompt => (Guid?)prompt.Id).SingleOrDefaultAsync(cancellationToken);
                var near = existing is null ? await FindNearAsync(db, projectId, fingerprint, cancellationToken) : null;
                var promptId = existing ?? Guid.CreateVersion7(now);
                if (existing is null)
                {
                    db.Add(new Prompt
                    {
                        Id = promptId,
                        ProjectId = projectId,
                        Messages = draft.Messages,
                        Source = draft.Source.Trim(),
                        Split = PromptText.SplitOf(draft.Messages),
                        Tags = tags,
                        Language = draft.Language,
                        Priority = draft.Priority,
                        AuthorId = actor.Id,
                        ContentHash = hash,
                        Fingerprint = fingerprint,
                        CreatedAt = now,
                    });
                }
                var there = existing is null ? [] : await db.Responses.Where(response => response.PromptId == promptId).Select(response => response.Text).ToListAsync(cancellationToken);
                foreach (var reply in draft.Responses.Distinct().Except(there)) db.Add(new Response { PromptId = promptId, Text = reply, Origin = ResponseOrigin.Import, ImportedName = draft.Source, CreatedAt = now });
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "prompt.add", projectId, promptId.ToString(), new { IsNew = existing is null, Responses = draft.Responses.Count }, now, cancellationToken);
                return new AddedPrompt(promptId, existing is null, near);
            },
            cancellationToken);
    }

    /// <summary>Changes tags, priority and whether the prompt is in use. The priority of its open tasks changes with it.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="StaleVersionException">Somebody else has changed it since.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> UpdateAsync(Actor actor, Guid projectId, Guid promptId, Guid version, PromptChange change, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(change);
        var tags = PromptRules.Tags(change.Tags);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var prompt = await db.Prompts.SingleOrDefaultAsync(prompt => prompt.Id == promptId && prompt.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("prompt", promptId);
                if (prompt.Version != version) throw new StaleVersionException("prompt");
                await ChangeAsync(db, prompt, tags, change.Priority, change.IsArchived, now, cancellationToken);
                await AuditLog.RecordAsync(db, actor, "prompt.update", projectId, promptId.ToString(), change, now, cancellationToken);
                return prompt.Version;
            },
            cancellationToken);
    }

    /// <summary>Changes many prompts alike, a portion a transaction: interrupted, the same request again does the rest.</summary>
    /// <exception cref="InvalidRequestException">Nothing is to be changed, or a tag is too long.</exception>
    [Requires(Policy.Manage)]
    public async Task<PromptBulkResult> ChangeManyAsync(Actor actor, Guid projectId, PromptBulkChange change, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(change);
        RequestValidation.Validate(change.Filter);
        var (added, removed) = (PromptRules.Tags(change.AddTags), PromptRules.Tags(change.RemoveTags));
        if (added.Count == 0 && removed.Count == 0 && change.Priority is null && change.IsArchived is null) throw new InvalidRequestException("change", "Nothing is to be changed: give a tag, a priority, or whether they are in use.");
        List<Guid> ids;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            ids = change.PromptIds is { } named ? [.. named.Distinct()] : await Filtered(db, projectId, change.Filter).Select(prompt => prompt.Id).ToListAsync(cancellationToken);
        var changed = 0;
        foreach (var portion in ids.Chunk(PromptsAtOnce))
            changed += await writes.RunAsync(db => ChangePortionAsync(db, projectId, portion, change, added, removed, time.GetUtcNow().UtcDateTime, cancellationToken), cancellationToken);
        await writes.RunAsync(
            db => AuditLog.RecordAsync(db, actor, "prompt.change-many", projectId, $"{changed} prompts", new { change.Filter, Named = change.PromptIds?.Count, added, removed, change.Priority, change.IsArchived }, time.GetUtcNow().UtcDateTime, cancellationToken),
            cancellationToken);
        return new(changed, ids.Count - changed);
    }

    /// <summary>The prompts that a filter lets through.</summary>
    internal static IQueryable<Prompt> Filtered(RlhfHubDbContext db, Guid projectId, PromptFilter filter)
    {
        var prompts = filter.Search is { } text && !string.IsNullOrWhiteSpace(text) ? PromptSearch.Find(db, projectId, text) : db.Prompts.AsNoTracking();
        prompts = prompts.Where(prompt => prompt.ProjectId == projectId && prompt.IsArchived == filter.IsArchived);
        if (filter.Split is { } split) prompts = prompts.Where(prompt => prompt.Split == split);
        if (filter.Source is { Length: > 0 } source) prompts = prompts.Where(prompt => prompt.Source == source);
        // Tags are a JSON text; a quoted tag is found in it as it stands.
        if (filter.Tag is { Length: > 0 } tag) prompts = prompts.Where(prompt => ((string)(object)prompt.Tags).Contains(JsonText.Write(tag)));
        return prompts;
    }

    private static async Task<int> ChangePortionAsync(
        RlhfHubDbContext db, Guid projectId, Guid[] ids, PromptBulkChange change, IReadOnlyList<string> added, IReadOnlyList<string> removed, DateTime now, CancellationToken cancellationToken)
    {
        var changed = 0;
        foreach (var prompt in await db.Prompts.Where(prompt => ids.Contains(prompt.Id) && prompt.ProjectId == projectId).ToListAsync(cancellationToken))
        {
            List<string> tags = [.. prompt.Tags.Except(removed).Union(added)];
            var (priority, isArchived) = (change.Priority ?? prompt.Priority, change.IsArchived ?? prompt.IsArchived);
            if (tags.SequenceEqual(prompt.Tags) && priority == prompt.Priority && isArchived == prompt.IsArchived) continue;
            await ChangeAsync(db, prompt, tags, priority, isArchived, now, cancellationToken);
            changed++;
        }
        return changed;
    }

    private static async Task ChangeAsync(RlhfHubDbContext db, Prompt prompt, IReadOnlyList<string> tags, int priority, bool isArchived, DateTime now, CancellationToken cancellationToken)
    {
        var moved = priority - prompt.Priority;
        (prompt.Tags, prompt.Priority, prompt.IsArchived, prompt.Version) = (tags, priority, isArchived, Guid.CreateVersion7(now));
        await db.SaveChangesAsync(cancellationToken);
        if (moved != 0) await MoveTasksAsync(db, prompt.ProjectId, prompt.Id, moved, cancellationToken);
    }

    // In a line of another priority raters have other cursors: each task joins it at the end.
    private static async Task MoveTasksAsync(RlhfHubDbContext db, Guid projectId, Guid promptId, int moved, CancellationToken cancellationToken)
    {
        foreach (var task in await db.Tasks.Where(task => task.PromptId == promptId).ToListAsync(cancellationToken))
        {
            task.Priority += moved;
            task.Position = await Places.NextPositionAsync(db, projectId, cancellationToken);
        }
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task<Guid?> FindNearAsync(RlhfHubDbContext db, Guid projectId, long fingerprint, CancellationToken cancellationToken)
    {
        if (fingerprint == 0) return null;
        await foreach (var (id, other) in db.Prompts.Where(prompt => prompt.ProjectId == projectId).Select(prompt => ValueTuple.Create(prompt.Id, prompt.Fingerprint)).AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (SimilarityHash.Distance(fingerprint, other) <= SimilarityHash.NearBits) return id;
        return null;
    }
}
