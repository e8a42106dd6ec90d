using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>Makes the examples of chosen judgments, a few hundred tasks at a time. For use cases that have asked for permission.</summary>
public sealed class SnapshotReader(IDbContextFactory<RlhfHubDbContext> contexts)
{
    private const int TasksAtOnce = 100;

    /// <summary>The examples of a snapshot, in its order.</summary>
    /// <exception cref="InvalidDataException">At the end: the examples are not those that were frozen, so somebody has changed the database by other ways.</exception>
    public async IAsyncEnumerable<SnapshotExample> ReadAsync(Guid snapshotId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Snapshot snapshot;
        List<SelectedJudgment> selected;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            snapshot = await db.Snapshots.AsNoTracking().SingleAsync(entry => entry.Id == snapshotId, cancellationToken);
            var rows = await (from entry in db.SnapshotJudgments
                              join judgment in db.Judgments on entry.JudgmentId equals judgment.Id
                              join task in db.Tasks on judgment.TaskId equals task.Id
                              where entry.SnapshotId == snapshotId
                              select new SelectedJudgment(task.Id, task.PromptId, entry.JudgmentId, entry.Revision, entry.Weight)).ToListAsync(cancellationToken);
            selected = [.. rows.OrderBy(row => row.TaskId).ThenBy(row => row.JudgmentId)];
        }
        using var hash = new ExampleHash();
        await foreach (var example in ExamplesAsync(snapshot.Settings, selected, snapshot.Rules, cancellationToken))
        {
            hash.Add(example);
            yield return example;
        }
        if (hash.Finish() != snapshot.ContentHash) throw new InvalidDataException($"The snapshot '{snapshot.Name}' no longer has the content that was frozen; its judgments, prompts or replies were changed behind the platform's back.");
    }

    /// <summary>The examples of judgments, which are in the order of their tasks.</summary>
    internal async IAsyncEnumerable<SnapshotExample> ExamplesAsync(ProjectSettings settings, IReadOnlyList<SelectedJudgment> selected, SnapshotRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var portion in selected.GroupBy(judgment => judgment.TaskId).Chunk(TasksAtOnce))
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            foreach (var task in await TasksAsync(db, portion, cancellationToken))
                foreach (var example in TaskExamples.Of(task, rules, settings)) yield return new(example, task.Split);
        }
    }

    private static async Task<List<TaskJudgments>> TasksAsync(RlhfHubDbContext db, IGrouping<Guid, SelectedJudgment>[] portion, CancellationToken cancellationToken)
    {
        var taskIds = portion.Select(task => task.Key).ToList();
        var judgmentIds = portion.SelectMany(task => task).Select(judgment => judgment.JudgmentId).ToList();
        var tasks = await (from task in db.Tasks
                           join prompt in db.Prompts on task.PromptId equals prompt.Id
                           where taskIds.Contains(task.Id)
                           select new { task.Id, task.Kind, task.PromptId, prompt.Messages, prompt.Split, prompt.Tags, prompt.Source }).AsNoTracking().ToDictionaryAsync(task => task.Id, cancellationToken);
        var replies = (await (from shown in db.TaskResponses
                              join response in db.Responses on shown.ResponseId equals response.Id
                              where taskIds.Contains(shown.TaskId)
                              select new { shown.TaskId, shown.Place, response.Text, ImportedName = response.ImportedName ?? response.ModelName, response.ImportedIsPerson }).AsNoTracking().ToListAsync(cancellationToken)).ToLookup(reply => reply.TaskId);
        var sources = (await db.ImportedRecords.AsNoTracking().Where(record => record.TaskId != null && taskIds.Contains(record.TaskId.Value)).ToListAsync(cancellationToken)).ToLookup(record => record.TaskId!.Value);
        var revisions = await (from revision in db.JudgmentRevisions
                               join judgment in db.Judgments on revision.JudgmentId equals judgment.Id
                               where judgmentIds.Contains(revision.JudgmentId)
                               select new { revision.JudgmentId, judgment.OriginalId, revision.Number, revision.Answer }).AsNoTracking().ToDictionaryAsync(revision => (revision.JudgmentId, revision.Number), cancellationToken);
        return [.. portion.Select(group => (Judgments: group, Task: tasks[group.Key])).Select(entry => new TaskJudgments
        {
            TaskId = entry.Task.Id,
            Kind = entry.Task.Kind,
            PromptId = entry.Task.PromptId,
            Messages = entry.Task.Messages.ToValueList(),
            Split = entry.Task.Split,
            Tags = entry.Task.Tags.Order(StringComparer.Ordinal).ToValueList(),
            Source = entry.Task.Source,
            SourceRecord = sources[entry.Task.Id].FirstOrDefault(),
            Replies = [.. replies[entry.Task.Id].OrderBy(reply => reply.Place).Select(reply => new Reply(reply.Text, reply.ImportedName is not { Length: > 0 } name ? null : reply.ImportedIsPerson ? new Origin(Person: name) : new Origin(Model: name)))],
            Answers = [.. entry.Judgments.Select(judgment => (Said: revisions[(judgment.JudgmentId, judgment.Revision)], judgment.Weight)).Select(judgment => new WeightedAnswer(judgment.Said.OriginalId ?? judgment.Said.JudgmentId, judgment.Said.Answer, judgment.Weight))],
        })];
    }
}

/// <summary>An example of a snapshot.</summary>
/// <param name="Example">What it says.</param>
/// <param name="Split">The part of the data that its prompt belongs to here.</param>
public sealed record SnapshotExample(Example Example, Split Split);

/// <summary>SHA-256 of examples, one after the other.</summary>
internal sealed class ExampleHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Tags are words to find things by, and may be changed at any time.
    public void Add(SnapshotExample example)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize<object>(example.Example with { Tags = [] }, JsonText.Options) + TaskExamples.SplitName(example.Split)));
        hash.AppendData("\n"u8);
    }

    public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose() => hash.Dispose();
}
