using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>Writes a portion of an import's records, inside the caller's write transaction: each whole or not at all.</summary>
internal sealed class ImportWriter(DatasetImport import, NearDuplicateIndex near, DateTime now)
{
    /// <summary>Adds records to the project.</summary>
    /// <returns>What came of them.</returns>
    public async Task<ImportCounts> WriteAsync(RlhfHubDbContext db, IReadOnlyList<(long Record, Example Example)> rows, CancellationToken cancellationToken)
    {
        var answers = rows.Select(row => (row.Record, row.Example, Parts: ExampleAnswer.Of(row.Example))).Select(row => (row.Record, row.Example, row.Parts, Hash: PromptText.Hash(row.Parts.Messages))).ToList();
        var hashes = answers.Select(row => row.Hash).Distinct().ToList();
        var known = await db.Prompts.Where(prompt => prompt.ProjectId == import.ProjectId && hashes.Contains(prompt.ContentHash)).Select(prompt => new { prompt.ContentHash, prompt.Id })
            .ToDictionaryAsync(prompt => prompt.ContentHash, prompt => prompt.Id, cancellationToken);
        var promptIds = known.Values.ToList();
        var replies = (await db.Responses.AsNoTracking().Where(response => promptIds.Contains(response.PromptId)).ToListAsync(cancellationToken))
            .GroupBy(response => (response.PromptId, response.Text, response.ImportedName)).ToDictionary(group => group.Key, group => group.First().Id);

        var counts = new ImportCounts();
        foreach (var (record, example, parts, hash) in answers)
        {
            var isKnown = known.TryGetValue(hash, out var promptId);
            if (!isKnown)
            {
                var fingerprint = SimilarityHash.Of(PromptText.Flatten(parts.Messages));
                var nearest = near.Find(fingerprint);
                if (nearest is not null) counts = counts with { NearDuplicates = counts.NearDuplicates + 1 };
                if (nearest is not null && import.SkipsNearDuplicates) continue;
                promptId = AddPrompt(db, example, parts, hash, fingerprint);
                known[hash] = promptId;
                near.Add(fingerprint, promptId);
            }
            var taskId = parts.Answer is null ? (Guid?)null : AddJudgedTask(db, promptId, parts, replies);
            db.Add(new ImportedRecord { ImportId = import.Id, Record = record, PromptId = promptId, TaskId = taskId, SourceId = example.Id, Fields = FieldsOf(example) });
            counts = counts with
            {
                Taken = counts.Taken + 1,
                NewPrompts = counts.NewPrompts + (isKnown ? 0 : 1),
                KnownPrompts = counts.KnownPrompts + (isKnown ? 1 : 0),
                Judgments = counts.Judgments + (taskId is null ? 0 : 1),
            };
        }
        await db.SaveChangesAsync(cancellationToken);
        return counts;
    }

    private Guid AddPrompt(RlhfHubDbContext db, Example example, ExampleAnswer parts, string hash, long fingerprint)
    {
        var prompt = new Prompt
        {
            Id = Guid.CreateVersion7(now),
            ProjectId = import.ProjectId,
            Messages = parts.Messages,
            Source = Shortened(example.Source ?? import.FileName),
            SourceId = example.Id is { } id ? Shortened(id) : null,
            Split = PromptText.SplitOf(parts.Messages),
            Tags = [.. example.Tags.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct()],
            ImportId = import.Id,
            ContentHash = hash,
            Fingerprint = fingerprint,
            CreatedAt = now,
        };
        db.Add(prompt);
        return prompt.Id;
    }

    // The judgment came with the record: its task has all it asks for and is never handed out.
    private Guid AddJudgedTask(RlhfHubDbContext db, Guid promptId, ExampleAnswer parts, Dictionary<(Guid, string, string?), Guid> replies)
    {
        var task = new LabelingTask
        {
            Id = Guid.CreateVersion7(now),
            ProjectId = import.ProjectId,
            PromptId = promptId,
            Kind = parts.Kind!.Value,
            RequiredJudgments = 1,
            CountedJudgments = 1,
            IsOpen = false,
            CreatedAt = now,
        };
        var order = string.Concat(Enumerable.Range(0, parts.Replies.Count));
        var judgment = new Judgment
        {
            Id = Guid.CreateVersion7(now),
            ProjectId = import.ProjectId,
            TaskId = task.Id,
            ImportedRater = Shortened(import.FileName),
            Kind = task.Kind,
            Revision = 1,
            DisplayOrder = order,
            SubmittedAt = now,
            ChangedAt = now,
        };
        db.AddRange(task, judgment, new JudgmentRevision { JudgmentId = judgment.Id, Number = 1, Answer = parts.Answer!, StartedAt = now, SubmittedAt = now, ClientKey = judgment.Id.ToString("N") });
        for (var place = 0; place < parts.Replies.Count; place++)
        {
            var reply = parts.Replies[place];
            var writer = (reply.Origin?.Model ?? reply.Origin?.Person) is { } name ? Shortened(name) : null;
            if (!replies.TryGetValue((promptId, reply.Text, writer), out var responseId))
            {
                var response = new Response { Id = Guid.CreateVersion7(now), PromptId = promptId, Text = reply.Text, Origin = ResponseOrigin.Import, ImportedName = writer, ImportedIsPerson = reply.Origin is { Model: null, Person: not null }, CreatedAt = now };
                db.Add(response);
                replies[(promptId, reply.Text, writer)] = responseId = response.Id;
            }
            db.Add(new TaskResponse { TaskId = task.Id, Place = place, ResponseId = responseId });
        }
        return task.Id;
    }

    private static SourceFields FieldsOf(Example example) => new(example.Tags, example.Source, example.Split, example.Extra.Count == 0 ? null : JsonText.Write(example.Extra.ToDictionary(field => field.Key, field => field.Value)));

    private static string Shortened(string text) => text.Length > 200 ? text[..200] : text;
}
