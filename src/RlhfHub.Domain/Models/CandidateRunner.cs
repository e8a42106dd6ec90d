using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>
/// Has the replies of an order written, a portion of prompts a transaction. How far it is stands in the same transaction as the replies: killed at any moment, it goes on after the last portion, and no reply is
/// there twice. For the background job, which acts for the admin who ordered.
/// </summary>
public sealed class CandidateRunner(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, IModelHost host, TimeProvider time)
{
    private const int PromptsAtOnce = 8;

    // Raters who chat with the model meanwhile need places in its queue too.
    private const int TextsAtOnce = 32;

    /// <summary>The orders that wait or were interrupted, oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.CandidateJobs.Where(job => job.State == CandidateState.Queued).OrderBy(job => job.Id).Select(job => job.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Works on an order to its end, or until it is cancelled.</summary>
    /// <exception cref="ModelException">The model cannot be reached now; the order still waits.</exception>
    public async Task RunAsync(Guid jobId, CancellationToken cancellationToken)
    {
        try
        {
            while (await WritePortionAsync(jobId, cancellationToken)) { }
        }
        catch (ModelException error)
        {
            await NoteAsync(jobId, $"It was interrupted and is tried again: {error.Message}", cancellationToken);
            throw;
        }
    }

    private async Task<bool> WritePortionAsync(Guid jobId, CancellationToken cancellationToken)
    {
        CandidateJob job;
        ProjectSettings settings;
        List<Ordered> prompts;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            job = await db.CandidateJobs.AsNoTracking().SingleAsync(entry => entry.Id == jobId, cancellationToken);
            if (job.State != CandidateState.Queued) return false;
            settings = (await ProjectRules.ReadAsync(db, job.ProjectId)).Settings;
            prompts = await PromptService.Filtered(db, job.ProjectId, job.Order.Filter)
                .Where(prompt => prompt.CreatedAt <= job.CreatedAt && (job.LastPromptId == null || prompt.Id.CompareTo(job.LastPromptId.Value) > 0))
                .OrderBy(prompt => prompt.Id).Take(Math.Min(PromptsAtOnce, job.Order.Limit - job.PromptsDone))
                .Select(prompt => new Ordered(prompt.Id, prompt.Messages)).ToListAsync(cancellationToken);
        }
        using var places = new SemaphoreSlim(TextsAtOnce);
        var texts = await Task.WhenAll(prompts.SelectMany((prompt, index) => Enumerable.Range(0, job.Order.Replies)
            .Select(reply => WriteAsync(job, prompt, (index * job.Order.Replies) + reply, settings.MaxReplyCharacters, places, cancellationToken))));
        return await writes.RunAsync(db => StoreAsync(db, job, prompts, texts, cancellationToken), cancellationToken) && prompts.Count > 0;
    }

    private async Task<Text> WriteAsync(CandidateJob job, Ordered prompt, int number, int longest, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        var order = job.Order;
        var seed = order.Seed + ((long)job.PromptsDone * order.Replies) + number;
        await places.WaitAsync(cancellationToken);
        try
        {
            var text = new StringBuilder();
            await foreach (var piece in host.WriteAsync(job.Model, prompt.Messages, new ReplySampling(order.Temperature, order.TopP, order.MaxNewTokens, seed), cancellationToken))
            {
                text.Append(piece);
                if (text.Length >= longest) break;
            }
            return new(prompt.Id, seed, text.ToString(0, Math.Min(text.Length, longest)), null);
        }
        catch (ModelException error) when (error.IsRefusal)
        {
            return new(prompt.Id, seed, "", error.Message);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<bool> StoreAsync(RlhfHubDbContext db, CandidateJob seen, List<Ordered> prompts, Text[] texts, CancellationToken cancellationToken)
    {
        var job = await db.CandidateJobs.SingleAsync(entry => entry.Id == seen.Id, cancellationToken);
        // Cancelled meanwhile, or done by somebody else.
        if (job.State != CandidateState.Queued || job.PromptsDone != seen.PromptsDone) return false;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var text in texts.Where(text => text.Reply.Trim().Length > 0))
        {
            var flag = SelfNaming.FindIn(text.Reply, job.Model.Name);
            db.Add(new Response
            {
                Id = Guid.CreateVersion7(now),
                PromptId = text.PromptId,
                Text = text.Reply,
                Origin = ResponseOrigin.Model,
                ModelName = job.Model.Name,
                Sampling = new SamplingRecord(job.Order.Temperature, job.Order.TopP, 0, job.Order.MaxNewTokens, text.Seed),
                Flag = flag is { Length: > Response.MaxFlag } ? flag[..Response.MaxFlag] : flag,
                CreatedAt = now,
            });
            job.Written++;
            if (flag is not null) job.Flagged++;
        }
        job.Missing += texts.Count(text => text.Reply.Trim().Length == 0);
        job.Note = Shortened(texts.FirstOrDefault(text => text.Refusal is not null)?.Refusal) ?? (job.Missing > 0 ? job.Note : null);
        job.PromptsDone += prompts.Count;
        if (prompts.Count > 0) job.LastPromptId = prompts[^1].Id;
        if (prompts.Count < PromptsAtOnce || job.PromptsDone >= job.Order.Limit) job.State = CandidateState.Completed;
        await db.SaveChangesAsync(cancellationToken);
        return job.State == CandidateState.Queued;
    }

    private Task NoteAsync(Guid jobId, string note, CancellationToken cancellationToken) => writes.RunAsync(
        db => db.CandidateJobs.Where(job => job.Id == jobId).ExecuteUpdateAsync(set => set.SetProperty(job => job.Note, Shortened(note)), cancellationToken), cancellationToken);

    private static string? Shortened(string? note) => note is { Length: > 2000 } ? note[..2000] : note;

    private sealed record Ordered(Guid Id, IReadOnlyList<Message> Messages);

    private sealed record Text(Guid PromptId, long Seed, string Reply, string? Refusal);
}
