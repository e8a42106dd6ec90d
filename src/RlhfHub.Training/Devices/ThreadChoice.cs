using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Devices;

/// <summary>How many threads an operation may use on the CPU.</summary>
public static class ThreadChoice
{
    /// <summary>
    /// Models up to this width run on one thread: their operations last microseconds, and handing half of one to a second core takes longer than doing it
    /// (measured at width 64; on a machine with other work, several times longer).
    /// </summary>
    private const int WidthForOneThread = 256;

    /// <summary>Sets the number of threads for a model, or the one asked for, and returns it.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="wanted">A number of threads; null to choose.</param>
    public static int Apply(DecoderOptions options, int? wanted = null)
    {
        var threads = wanted ?? (options.HiddenSize <= WidthForOneThread ? 1 : Environment.ProcessorCount);
        set_num_threads(threads);
        return threads;
    }
}
