using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain.Models;

/// <summary>
/// Has two models answer prompts and makes a comparison of each pair, a prompt a transaction: the first one reaches the raters while the next is written. Killed at any moment, it goes on after the last, and none is there
/// twice. For the background job, which acts for the one who asked.
/// </summary>
public sealed class HeadToHeadRunner(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, IModelHost host, TimeProvider time)
{
    private const int PromptsAtOnce = 8;

    /// <summary>Those that wait or were interrupted: what a run's raters wait for first, then the oldest.</summary>
    public async Task<IReadOnlyList<(Guid Id, Guid ProjectId)>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.HeadToHeads.Where(entry => entry.State == CandidateState.Queued).OrderByDescending(entry => entry.Step != null).ThenBy(entry => entry.Id).Select(entry => new { entry.Id, entry.ProjectId }).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => (row.Id, row.ProjectId));
    }

    /// <summary>Works on one to its end, or until it is cancelled.</summary>
    /// <param name="id">Which.</param>
    /// <param name="made">Told of each comparison that is ready.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ModelException">A model cannot be reached now; it still waits.</exception>
    public async Task RunAsync(Guid id, Action made, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var entry = await db.HeadToHeads.AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken);
        if (entry.State != CandidateState.Queued) return;
        var settings = (await ProjectRules.ReadAsync(db, entry.ProjectId)).Settings;
        var prompts = await DrawAsync(db, entry, cancellationToken);
        try
        {
            foreach (var portion in prompts.Skip(entry.PromptsDone).Chunk(PromptsAtOnce))
            {
                var messages = await db.Prompts.AsNoTracking().Where(prompt => portion.Contains(prompt.Id)).ToDictionaryAsync(prompt => prompt.Id, prompt => prompt.Messages, cancellationToken);
                var first = prompts.IndexOf(portion[0]);
                var pairs = portion.Select((prompt, index) => PairAsync(entry, prompt, messages.GetValueOrDefault(prompt), first + index, settings.MaxReplyCharacters, cancellationToken)).ToList();
                // In their order, each as soon as it is there: a rater may be waiting for it.
                foreach (var pair in pairs)
                {
                    if (!await StoreAsync(entry.Id, await pair, settings, cancellationToken)) return;
                    made();
                }
            }
            await EndAsync(id, prompts.Count, cancellationToken);
        }
        catch (ModelException error)
        {
            // A checkpoint of a training that is over is gone for good, and its result has comparisons of its own.
            var isOver = error.IsRefusal || (entry.Step is not null && !await db.Runs.AnyAsync(run => run.Id == entry.RunId && (run.State == RunState.Running || run.State == RunState.Paused), cancellationToken));
            await NoteAsync(id, isOver, error.Message, cancellationToken);
            if (!isOver) throw;
        }
    }

    // The same prompts however often it is asked: those that were there when it was ordered, drawn by its seed.
    private static async Task<List<Guid>> DrawAsync(RlhfHubDbContext db, HeadToHead entry, CancellationToken cancellationToken)
    {
        var ids = await db.Prompts.AsNoTracking().Where(prompt => prompt.ProjectId == entry.ProjectId && prompt.Split == entry.Order.Split && !prompt.IsArchived && prompt.CreatedAt <= entry.CreatedAt)
            .OrderBy(prompt => prompt.Id).Select(prompt => prompt.Id).ToListAsync(cancellationToken);
        var random = new Random(entry.Order.Seed);
        var count = Math.Min(entry.Order.Prompts, ids.Count);
        for (var place = 0; place < count; place++)
        {
            var other = random.Next(place, ids.Count);
            (ids[place], ids[other]) = (ids[other], ids[place]);
        }
        return ids[..count];
    }

    private async Task<Pair> PairAsync(HeadToHead entry, Guid promptId, IReadOnlyList<Message>? messages, int number, int longest, CancellationToken cancellationToken)
    {
        if (messages is null) return new(promptId, "", "", 0);
        var seed = entry.Order.Seed + number;
        var (first, second) = (WriteAsync(entry.First), WriteAsync(entry.Second));
        return new(promptId, await first, await second, seed);

        async Task<string> WriteAsync(ModelAddress model)
        {
            var text = new StringBuilder();
            await foreach (var piece in host.WriteAsync(model, messages, new ReplySampling(entry.Order.Temperature, 1, entry.Order.MaxNewTokens, seed), cancellationToken))
            {
                text.Append(piece);
                if (text.Length >= longest) break;
            }
            return text.ToString(0, Math.Min(text.Length, longest));
        }
    }

    private Task<bool> StoreAsync(Guid id, Pair pair, ProjectSettings settings, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var entry = await db.HeadToHeads.SingleAsync(row => row.Id == id, cancellationToken);
            if (entry.State != CandidateState.Queued) return false;
            entry.PromptsDone++;
            // Two equal texts are no question, and an empty one is no reply.
            if (pair.First.Trim().Length > 0 && pair.Second.Trim().Length > 0 && pair.First != pair.Second)
            {
                var now = time.GetUtcNow().UtcDateTime;
                var replies = new[] { (entry.First, entry.FirstVersionId, pair.First), (entry.Second, entry.SecondVersionId, pair.Second) }.Select(reply => Reply(entry, pair, reply.Item1, reply.Item2, reply.Item3, now)).ToList();
                db.AddRange(replies);
                if (replies.TrueForAll(reply => reply.Flag is null))
                {
                    var task = new LabelingTask
                    {
                        ProjectId = entry.ProjectId,
                        PromptId = pair.PromptId,
                        Kind = TaskKind.Comparison,
                        Purpose = entry.Order.Purpose,
                        RequiredJudgments = entry.Order.RequiredJudgments ?? settings.Overlap,
                        Priority = entry.Order.Priority,
                        Position = await Places.NextPositionAsync(db, entry.ProjectId, cancellationToken),
                        OrderGroup = entry.Id,
                        CreatedAt = now,
                    };
                    db.Add(task);
                    for (var place = 0; place < replies.Count; place++) db.Add(new TaskResponse { TaskId = task.Id, Place = place, ResponseId = replies[place].Id });
                    entry.Tasks++;
                }
            }
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static Response Reply(HeadToHead entry, Pair pair, ModelAddress model, Guid? versionId, string text, DateTime now)
    {
        var flag = SelfNaming.FindIn(text, model.Name);
        return new Response
        {
            Id = Guid.CreateVersion7(now),
            PromptId = pair.PromptId,
            Text = text,
            Origin = ResponseOrigin.Model,
            ModelVersionId = versionId,
            ModelName = model.Name,
            Sampling = new SamplingRecord(entry.Order.Temperature, 1, 0, entry.Order.MaxNewTokens, pair.Seed),
            Flag = flag is { Length: > Response.MaxFlag } ? flag[..Response.MaxFlag] : flag,
            CreatedAt = now,
        };
    }

    private Task EndAsync(Guid id, int prompts, CancellationToken cancellationToken) => writes.RunAsync(
        db => db.HeadToHeads.Where(entry => entry.Id == id && entry.State == CandidateState.Queued && entry.PromptsDone >= prompts).ExecuteUpdateAsync(set => set.SetProperty(entry => entry.State, CandidateState.Completed).SetProperty(entry => entry.Note, (string?)null), cancellationToken), cancellationToken);

    // A model that refuses, or is gone, will not come back by waiting.
    private Task NoteAsync(Guid id, bool isOver, string note, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var entry = await db.HeadToHeads.SingleAsync(row => row.Id == id, cancellationToken);
            entry.Note = note.Length > 2000 ? note[..2000] : note;
            if (isOver && entry.State == CandidateState.Queued) entry.State = CandidateState.Cancelled;
            await db.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    private sealed record Pair(Guid PromptId, string First, string Second, long Seed);
}
