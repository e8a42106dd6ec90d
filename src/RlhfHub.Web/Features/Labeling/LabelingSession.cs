using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>What the labeling page shows at a moment.</summary>
public enum LabelingState
{
    /// <summary>The next task is on its way.</summary>
    Loading,

    /// <summary>A task is on the screen.</summary>
    Task,

    /// <summary>The queue has nothing for this rater.</summary>
    NothingWaits,

    /// <summary>An answer could not be stored; it is kept and can be sent again.</summary>
    Failed,

    /// <summary>The rater may not label here, or not any more.</summary>
    Refused,
}

/// <summary>
/// One rater's work on one page: the task on the screen, the next one ready behind it, and answers on their way. The next task is shown before the last answer is stored, so that nobody waits for the disk;
/// one that could not be stored stops the work until it is sent again, with the same key.
/// </summary>
public sealed class LabelingSession(IDesk desk, TimeProvider time)
{
    private const int Ahead = 1;

    // Longer than this and the rater was elsewhere.
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(10);

    private readonly List<TaskView> ahead = [];
    private readonly List<Outgoing> outbox = [];
    private readonly Stack<StoredAnswer> stored = [];
    private Outgoing? failed;
    private Task lastSend = Task.CompletedTask;
    private long shownAt;
    private bool isFilling, isEmpty, isBroken, isRefused;

    /// <summary>The task on the screen.</summary>
    public TaskView? Current { get; private set; }

    /// <summary>Why the last answer was refused, or what kept it from being stored.</summary>
    public string? Problem { get; private set; }

    /// <summary>What became of an undo that did not bring the task back.</summary>
    public string? Notice { get; private set; }

    /// <summary>The last stored answer, which can be undone; null when there is none from this page.</summary>
    public StoredAnswer? Last => stored.Count > 0 ? stored.Peek() : null;

    /// <summary>The "both bad" that the rater writes a better reply to; null when none is being written.</summary>
    public StoredAnswer? Offer { get; private set; }

    /// <summary>The task that a better reply was added to last.</summary>
    public Guid? Improved { get; private set; }

    /// <summary>Whether the last answer says that both replies are bad and offers none.</summary>
    public bool CanOffer => Last?.Answer is ComparisonAnswer { BothBad: true, BetterReply: null };

    /// <summary>The task that the page's keys and texts belong to.</summary>
    public Guid? Shown => Offer?.Task.AssignmentId ?? (State == LabelingState.Task ? Current!.AssignmentId : null);

    /// <summary>Whether an answer is on its way.</summary>
    public bool IsSending => outbox.Count > 0 && failed is null;

    /// <summary>How many answers this page has stored.</summary>
    public int Count => stored.Count;

    public LabelingState State => isRefused ? LabelingState.Refused
        : failed is not null || (isBroken && Current is null) ? LabelingState.Failed
        : Current is not null ? LabelingState.Task
        : isEmpty && !isFilling && outbox.Count == 0 ? LabelingState.NothingWaits : LabelingState.Loading;

    /// <summary>Something to show has changed.</summary>
    public event Action? Changed;

    /// <summary>Gets the first task, or looks again after there was none.</summary>
    public Task StartAsync() => FillAsync();

    /// <summary>Takes the rater's answer to the task on the screen and shows the next one.</summary>
    public async Task AnswerAsync(Answer answer)
    {
        if (State != LabelingState.Task) return;
        var look = time.GetElapsedTime(shownAt);
        var outgoing = new Outgoing(Current!, new Submission
        {
            Answer = answer,
            ClientKey = Guid.NewGuid().ToString("N"),
            ActiveMilliseconds = (int)(look < LongestLook ? look : LongestLook).TotalMilliseconds,
            GuidelinesVersion = Current!.GuidelinesVersion,
        });
        outbox.Add(outgoing);
        Advance();
        await Task.WhenAll(SendInOrderAsync(outgoing), FillAsync());
    }

    /// <summary>Sends the answer that could not be stored once more, with the key that it had, and asks again for what could not be read.</summary>
    public async Task RetryAsync()
    {
        var outgoing = failed;
        (failed, Problem) = (null, null);
        Tell();
        if (outgoing is not null) await SendInOrderAsync(outgoing);
        foreach (var waiting in outbox.Where(waiting => waiting != outgoing).ToList()) await SendInOrderAsync(waiting);
        await FillAsync();
    }

    /// <summary>Passes the task on.</summary>
    public async Task SkipAsync(string reason)
    {
        if (State != LabelingState.Task) return;
        var skipped = Current!;
        if (!await TryAsync(() => desk.SkipAsync(skipped.AssignmentId, reason))) return;
        if (Current == skipped) Advance();
        await FillAsync();
    }

    /// <summary>Takes the last answer back and shows its task again.</summary>
    public async Task UndoAsync()
    {
        await lastSend;
        if (failed is not null || !stored.TryPeek(out var last)) return;
        TaskView? view = null;
        var outcome = EditOutcome.Edited;
        var isDone = await TryAsync(async () =>
        {
            outcome = await desk.UndoAsync(last.JudgmentId);
            if (outcome == EditOutcome.Edited) view = await desk.GetAsync(last.Task.AssignmentId);
        });
        if (!isDone) return;
        stored.Pop();
        Notice = EditOutcomeText.Of(outcome) ?? (view!.State != AssignmentState.Leased ? T("The answer is taken back; somebody else's has its place.") : null);
        if (view is { State: AssignmentState.Leased })
        {
            if (Current is not null) ahead.Insert(0, Current);
            Show(view);
        }
        Tell();
        await FillAsync();
    }

    /// <summary>Begins to write a better reply than two bad ones; what was said of them is stored and stays.</summary>
    public void BeginOffer()
    {
        if (CanOffer) Offer = Last;
        Tell();
    }

    /// <summary>Goes on with the task that waits.</summary>
    public void EndOffer()
    {
        Offer = null;
        shownAt = time.GetTimestamp();
        Tell();
    }

    /// <summary>Adds the better reply to the answer, as a revision of it.</summary>
    public async Task OfferAsync(string reply)
    {
        if (Offer is not { Answer: ComparisonAnswer bad } offer) return;
        var better = bad with { BetterReply = reply };
        var outcome = EditOutcome.Edited;
        var submission = new Submission { Answer = better, ClientKey = Guid.NewGuid().ToString("N"), GuidelinesVersion = offer.Task.GuidelinesVersion };
        if (!await TryAsync(async () => outcome = await desk.EditAsync(offer.JudgmentId, submission))) return;
        if (outcome == EditOutcome.Edited)
        {
            Improved = offer.Task.AssignmentId;
            if (Last == offer) stored.Pop();
            if (Last?.JudgmentId != offer.JudgmentId) stored.Push(offer with { Answer = better });
        }
        EndOffer();
        (Problem, Notice) = (null, EditOutcomeText.Of(outcome));
        Tell();
    }

    /// <summary>Keeps what the page holds.</summary>
    public async Task RenewAsync()
    {
        var held = Held();
        if (held.Count > 0) await TryAsync(() => desk.RenewAsync(held));
    }

    private async Task SendInOrderAsync(Outgoing outgoing)
    {
        var before = lastSend;
        var done = new TaskCompletionSource();
        lastSend = done.Task;
        await before;
        try
        {
            if (failed is null) await SendAsync(outgoing);
        }
        finally
        {
            done.SetResult();
        }
        Tell();
    }

    private async Task SendAsync(Outgoing outgoing)
    {
        try
        {
            var receipt = await desk.SubmitAsync(outgoing.Task.AssignmentId, outgoing.Submission);
            outbox.Remove(outgoing);
            if (!receipt.IsRepetition || stored.All(earlier => earlier.JudgmentId != receipt.JudgmentId)) stored.Push(new(outgoing.Task, receipt.JudgmentId, outgoing.Submission.Answer));
        }
        catch (InvalidRequestException error)
        {
            outbox.Remove(outgoing);
            if (Current is not null) ahead.Insert(0, Current);
            Show(outgoing.Task);
            Problem = error.Message;
        }
        catch (AccessException error)
        {
            (isRefused, Problem) = (true, error.Message);
        }
        catch (Exception error) when (IsPassing(error))
        {
            (failed, Problem) = (outgoing, error.Message);
        }
    }

    private async Task FillAsync()
    {
        if (isFilling) return;
        isFilling = true;
        Tell();
        try
        {
            while (!isRefused && ahead.Count < (Current is null ? Ahead + 1 : Ahead))
            {
                TaskView? next = null;
                isBroken = !await TryAsync(async () => next = (await desk.NextAsync(Held())).Task);
                if (isBroken) break;
                isEmpty = next is null;
                if (next is null || Held().Contains(next.AssignmentId)) break;
                if (Current is null) Show(next);
                else ahead.Add(next);
            }
        }
        finally
        {
            isFilling = false;
        }
        Tell();
    }

    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (InvalidRequestException error)
        {
            Problem = error.Message;
        }
        catch (AccessException error)
        {
            (isRefused, Problem) = (true, error.Message);
        }
        catch (Exception error) when (IsPassing(error))
        {
            Problem = error.Message;
        }
        Tell();
        return false;
    }

    // What may go over by itself: a full disk, a busy database.
    private static bool IsPassing(Exception error) => error is DbException or DbUpdateException or IOException or TimeoutException;

    private List<Guid> Held() => [.. ahead.Concat(outbox.Select(outgoing => outgoing.Task)).Select(task => task.AssignmentId).Concat(Current is null ? [] : [Current.AssignmentId]).Distinct()];

    private void Advance()
    {
        var next = ahead.FirstOrDefault();
        if (next is not null) ahead.RemoveAt(0);
        Show(next);
        Tell();
    }

    private void Show(TaskView? task)
    {
        (Current, Problem, Notice) = (task, null, null);
        shownAt = time.GetTimestamp();
    }

    private void Tell() => Changed?.Invoke();

    private sealed record Outgoing(TaskView Task, Submission Submission);
}

/// <summary>An answer that is stored.</summary>
public sealed record StoredAnswer(TaskView Task, Guid JudgmentId, Answer Answer);
