using System.Diagnostics;

namespace RlhfHub.Worker;

/// <summary>A line for a person who watches a training: the step, the rate and the time left.</summary>
/// <param name="output">The terminal.</param>
internal sealed class TrainingProgress(TextWriter output)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private long? first;

    /// <summary>Writes the line over the one before.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="total">Steps in all.</param>
    public void Show(long step, long total)
    {
        first ??= step - 1;
        var rate = (step - first.Value) / clock.Elapsed.TotalSeconds;
        output.Write($"\rstep {step} of {total}, {rate:0.0} steps/s, {TimeSpan.FromSeconds((total - step) / rate):h\\:mm\\:ss} left   {(step == total ? "\n" : "")}");
    }
}
