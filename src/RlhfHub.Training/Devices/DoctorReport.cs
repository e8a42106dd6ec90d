using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace RlhfHub.Training.Devices;

/// <summary>What a machine offers for training, and what stands in the way.</summary>
public sealed record DoctorReport
{
    /// <summary>Operating system and processor architecture.</summary>
    public required string System { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Versions of libtorch and TorchSharp, and where it was loaded from.</summary>
    public required string Libtorch { get; init; }

    /// <summary>What <c>--device auto</c> means here.</summary>
    public required string Device { get; init; }

    /// <summary>Each GPU.</summary>
    public required IReadOnlyList<string> Gpus { get; init; }

    /// <summary>The state of CUDA.</summary>
    public required string Cuda { get; init; }

    /// <summary>Processor cores that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Threads that libtorch takes for one operation.</summary>
    public required int Threads { get; init; }

    /// <summary>Memory that this process may use.</summary>
    public required double MemoryGiB { get; init; }

    /// <summary>The vector instructions that matter.</summary>
    public required string Vectors { get; init; }

    /// <summary>Whether computing in bfloat16 pays off.</summary>
    public required string BFloat16 { get; init; }

    /// <summary>What keeps it from working, each with its cure; empty when all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What would make it better.</summary>
    public required IReadOnlyList<string> Hints { get; init; }

    /// <summary>Looks at this machine. A libtorch that cannot be loaded is a problem in the report, not an exception.</summary>
    public static DoctorReport Make()
    {
        string? failure = null;
        try
        {
            TorchLibrary.Load();
        }
        catch (TorchUnavailableException error)
        {
            failure = error.Message;
        }
        var hasCuda = failure is null && cuda.is_available();
        var count = hasCuda ? cuda.device_count() : 0;
        var hints = new List<string>();
        if (!Avx2.IsSupported && RuntimeInformation.ProcessArchitecture == Architecture.X64) hints.Add("The processor has no AVX2: expect a tenth of the usual speed.");
        if (!hasCuda && DeviceChoice.HasCudaBuild) hints.Add("This build has CUDA, but no NVIDIA GPU is visible; nvidia-smi tells whether the driver works.");
        return new DoctorReport
        {
            System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Runtime = RuntimeInformation.FrameworkDescription,
            Libtorch = failure is null ? $"{__version__}, TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}, {(DeviceChoice.HasCudaBuild ? "CUDA" : "CPU")} build" : "not loaded",
            Device = count > 0 ? "cuda:0" : "cpu",
            Gpus = [.. Enumerable.Range(0, count).Select(i => $"cuda:{i}")],
            Cuda = hasCuda ? $"available, {count} GPU(s)" : DeviceChoice.HasCudaBuild ? "built in, no GPU visible" : "not in this build (-p:Torch=cuda adds it)",
            Cores = Environment.ProcessorCount,
            Threads = failure is null ? get_num_threads() : 0,
            MemoryGiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30),
            Vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "none that libtorch uses",
            BFloat16 = hasCuda ? "fast on GPUs since Ampere" : HasFastBFloat16 ? "fast here" : "works, slower than float32 here",
            Problems = failure is null ? [] : [failure],
            Hints = hints,
        };
    }

    /// <summary>AVX512-BF16 or AMX, which .NET has no flag for.</summary>
    private static bool HasFastBFloat16 =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags
        && (flags.Contains("avx512_bf16", StringComparison.Ordinal) || flags.Contains("amx_bf16", StringComparison.Ordinal));
}
