using System.Collections.Concurrent;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Serving;

namespace RlhfHub.Worker.Serving.Engine;

/// <summary>
/// The one thread that computes: it steps the batch of each model in turn, and between steps lets requests in, scores texts and changes adapters.
/// Nothing here waits for a caller.
/// </summary>
internal sealed class ServingEngine : IDisposable
{
    private readonly ServerSettings settings;
    private readonly TextWriter error;
    private readonly ConcurrentQueue<Action> arrivals = new();      // quick: all of them before each step
    private readonly ConcurrentQueue<Action> computations = new();  // slow: one before each step, so that streams go on
    private readonly AutoResetEvent wake = new(false);
    private readonly Dictionary<HostedVariant, Lane> lanes = [];
    private readonly Thread thread;
    private volatile bool isStopping;
    private int running;
    private int waiting;
    private long tokensWritten;

    /// <param name="settings">The server's.</param>
    /// <param name="error">Where it is said what went wrong inside.</param>
    public ServingEngine(ServerSettings settings, TextWriter error)
    {
        (this.settings, this.error) = (settings, error);
        thread = new Thread(Loop) { IsBackground = true, Name = "engine" };
        thread.Start();
    }

    /// <summary>Texts being written.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Texts that wait for a place in a batch.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Tokens of all texts so far.</summary>
    public long TokensWritten => Volatile.Read(ref tokensWritten);

    /// <summary>Queues a text; the variant must stay in memory until it has ended.</summary>
    public GenerationJob Generate(HostedVariant variant, GenerationRequest request)
    {
        var job = new GenerationJob();
        var heard = new GenerationRequest { Prompt = request.Prompt, Options = request.Options, Cancellation = request.Cancellation, OnToken = Take };
        Post(() =>
        {
            if (!lanes.TryGetValue(variant, out var lane)) lanes.Add(variant, lane = new Lane(variant, settings));
            lane.Submit(job, heard);
        });
        return job;

        void Take(GeneratedToken token)
        {
            tokensWritten++;
            job.Add(token);
        }
    }

    /// <summary>Does something with a model between two steps.</summary>
    public Task<T> ComputeAsync<T>(HostedVariant variant, Func<T> work, CancellationToken cancellationToken) => Enqueue(computations, () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        variant.Select();
        ThreadChoice.Apply(variant.Model.Config.Decoder, settings.MaxBatch);
        return work();
    });

    /// <summary>Does something quick on the engine's thread, such as changing adapters.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work) => Enqueue(arrivals, work);

    /// <summary>Forgets a model that is about to leave memory; it must have no texts any more.</summary>
    public void Forget(HostedVariant variant)
    {
        if (lanes.Remove(variant, out var lane)) lane.Dispose();
    }

    /// <summary>Ends the thread; texts that are still being written fail.</summary>
    public void Dispose()
    {
        isStopping = true;
        wake.Set();
        thread.Join();
        wake.Dispose();
    }

    private Task<T> Enqueue<T>(ConcurrentQueue<Action> queue, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Enqueue(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException cancelled)
            {
                done.SetCanceled(cancelled.CancellationToken);
            }
            catch (Exception problem)
            {
                // Whatever it is, it belongs to the caller: the thread serves all others too.
                done.SetException(problem);
            }
        });
        wake.Set();
        return done.Task;
    }

    /// <summary>Does something quick on the engine's thread, some time.</summary>
    public void Post(Action action)
    {
        arrivals.Enqueue(action);
        wake.Set();
    }

    private void Loop()
    {
        while (!isStopping)
        {
            while (arrivals.TryDequeue(out var arrival)) Guard(arrival);
            if (computations.TryDequeue(out var computation)) Guard(computation);
            var isIdle = true;
            foreach (var lane in lanes.Values)
            {
                if (lane.Pending == 0) continue;
                isIdle = false;
                Step(lane);
            }
            Count();
            if (isIdle && arrivals.IsEmpty && computations.IsEmpty) wake.WaitOne();
        }
        // Those who came last are told too: nobody is left to wait.
        while (arrivals.TryDequeue(out var arrival)) Guard(arrival);
        while (computations.TryDequeue(out var computation)) Guard(computation);
        foreach (var lane in lanes.Values) Guard(() => lane.Fail(new OperationCanceledException("The server is stopping.")));
    }

    private void Step(Lane lane)
    {
        try
        {
            lane.Step();
        }
        catch (Exception problem)
        {
            // Weights that give no numbers, no memory, or a fault of our own: this batch ends, the server goes on.
            Guard(() => lane.Fail(problem));
        }
    }

    /// <summary>An exception that left this thread would end the process and every stream with it.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem)
        {
            error.WriteLine($"engine: {problem}");
        }
    }

    private void Count()
    {
        Volatile.Write(ref running, lanes.Values.Sum(lane => lane.Running));
        Volatile.Write(ref waiting, lanes.Values.Sum(lane => lane.Pending - lane.Running));
    }
}
