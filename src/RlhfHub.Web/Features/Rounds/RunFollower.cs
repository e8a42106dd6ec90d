using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>What the events of one run come to, as far as they were read.</summary>
internal sealed class RunFollower(Guid runId)
{
    /// <summary>Older lines of the log are in the run's folder.</summary>
    public const int MostLogLines = 500;

    private readonly Queue<RunEventDetails> log = [];

    public Guid RunId { get; } = runId;

    /// <summary>The number of the last event that was read.</summary>
    public long Seq { get; private set; }

    public MetricCurves Curves { get; } = new();

    public SampleBoard Samples { get; } = new();

    /// <summary>States, messages, checkpoints and errors, the newest first.</summary>
    public IReadOnlyList<RunEventDetails> Log => [.. log.Reverse()];

    /// <summary>Takes events that follow those before.</summary>
    public void Add(IEnumerable<RunEventDetails> events)
    {
        foreach (var entry in events)
        {
            Seq = entry.Seq;
            if (entry.Kind == "metric") Curves.Add(entry.Content);
            else if (entry.Kind == "sample") Samples.Add(entry.Content);
            else log.Enqueue(entry);
            if (log.Count > MostLogLines) log.Dequeue();
        }
    }
}
