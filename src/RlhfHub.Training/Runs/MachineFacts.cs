using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>What must be the same for a resumed run to give the same numbers, bit for bit. Elsewhere sums differ in the last digits.</summary>
public sealed record MachineFacts
{
    /// <summary>The kind of processor or GPU, such as <c>x64 avx512</c> or <c>NVIDIA H200</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Where the model runs: <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of one operation.</summary>
    public required int Threads { get; init; }

    /// <summary>The weights' type, such as <c>float32</c>.</summary>
    [JsonPropertyName("dtype")]
    public required string DType { get; init; }

    /// <summary>Examples in one forward pass.</summary>
    public required int MicroBatch { get; init; }

    /// <summary>This machine's processor: its architecture and the widest instructions, by which libraries choose their kernels.</summary>
    public static string ProcessorType { get; } = $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} {WidestInstructions}";

    /// <summary>What differs from where a checkpoint was made, each as <c>threads 2 instead of 4</c>; empty when a resume is bit for bit.</summary>
    public IReadOnlyList<string> DifferencesFrom(MachineFacts before)
    {
        (string Name, object Now, object Before)[] facts =
        [
            ("type", Type, before.Type), ("device", Device, before.Device), ("threads", Threads, before.Threads),
            ("dtype", DType, before.DType), ("microBatch", MicroBatch, before.MicroBatch),
        ];
        return [.. facts.Where(fact => !fact.Now.Equals(fact.Before)).Select(fact => $"{fact.Name} {fact.Now} instead of {fact.Before}")];
    }

    private static string WidestInstructions =>
        Avx512F.IsSupported ? "avx512" : Avx2.IsSupported ? "avx2" : Sse42.IsSupported ? "sse4.2" : AdvSimd.IsSupported ? "neon" : "scalar";
}
