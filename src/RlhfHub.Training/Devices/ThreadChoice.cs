using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Devices;

/// <summary>How many threads an operation may use on the CPU.</summary>
public static class ThreadChoice
{
    /// <summary>
    /// A step over fewer weights than this (parameters times rows) runs on one thread: its operations last microseconds, and handing half of one to a second core
    /// takes longer than doing it. Measured with a model of 0.26 M parameters: two threads win from 16 rows on, by 60 % at 32.
    /// </summary>
    private const long WorkForAllCores = 4_000_000;

    /// <summary>Sets the number of threads for a model, or the one asked for, and returns it.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="rows">How many texts it works on at once.</param>
    /// <param name="wanted">A number of threads; null to choose.</param>
    public static int Apply(DecoderOptions options, int rows, int? wanted = null)
    {
        var threads = wanted ?? (options.ParameterCount * rows < WorkForAllCores ? 1 : Environment.ProcessorCount);
        set_num_threads(threads);
        return threads;
    }
}
