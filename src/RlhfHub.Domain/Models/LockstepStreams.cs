using System.Runtime.CompilerServices;

namespace RlhfHub.Domain.Models;

/// <summary>Reads several texts at once and gives what may be seen of them, step by step at a steady beat: see <see cref="LockstepBuffer"/>.</summary>
public static class LockstepStreams
{
    /// <summary>The time between two steps.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(60);

    /// <summary>What may be seen of each text, and what has come of it, at each step; the last step is the whole.</summary>
    /// <exception cref="ModelException">One of them broke off; the others are given up.</exception>
    public static async IAsyncEnumerable<LockstepStep> ReadAsync(IReadOnlyList<IAsyncEnumerable<string>> sources, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var gate = new Lock();
        var buffer = new LockstepBuffer(sources.Count);
        var readers = sources.Select((source, place) => Task.Run(() => ReadOneAsync(source, place, buffer, gate, ended.Token), CancellationToken.None)).ToList();
        try
        {
            using var timer = new PeriodicTimer(Beat, time);
            var isDone = false;
            while (!isDone)
            {
                if (readers.Find(reader => reader.IsFaulted || reader.IsCanceled) is { } broken) await broken;
                LockstepStep step;
                lock (gate)
                {
                    step = new(buffer.Step(), [.. Enumerable.Range(0, sources.Count).Select(buffer.Arrived)]);
                    isDone = buffer.IsDone;
                }
                yield return step;
                if (!isDone) await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        finally
        {
            await ended.CancelAsync();
            // None of them may read on for nobody; how they end does not matter any more.
            await Task.WhenAll(readers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static async Task ReadOneAsync(IAsyncEnumerable<string> source, int place, LockstepBuffer buffer, Lock gate, CancellationToken cancellationToken)
    {
        await foreach (var piece in source.WithCancellation(cancellationToken))
        {
            lock (gate) buffer.Add(place, piece);
        }
        lock (gate) buffer.End(place);
    }
}

/// <summary>A step of texts that are shown in lockstep.</summary>
/// <param name="Shown">What may be seen of each.</param>
/// <param name="Arrived">What has come of each.</param>
public sealed record LockstepStep(IReadOnlyList<string> Shown, IReadOnlyList<string> Arrived);
