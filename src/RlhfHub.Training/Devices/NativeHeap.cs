using System.Runtime.InteropServices;

namespace RlhfHub.Training.Devices;

/// <summary>
/// Keeps glibc's heap, where libtorch's tensors for the processor lie, small and quick. Left alone, a small model's training spends a tenth of its time having
/// pages taken away and given back zeroed, and the heap grows with every step, for glibc seldom finds room for an aligned block in the hole of one just as large.
/// </summary>
public static partial class NativeHeap
{
    // Names and numbers of <malloc.h>.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    private const int KeptBytes = 512 << 20;
    private const int SmallModelMappedFromBytes = 32 << 20;
    private const int LargeModelMappedFromBytes = 1 << 20;
    private const long LargeModelParameters = 50_000_000;
    private const long UnpinEveryMilliseconds = 50;

    private static readonly bool IsGlibc = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "mallinfo2", out _);

    private static readonly bool IsTunable =
        IsGlibc && Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is null && Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null;

    private static bool holdsLargeModel;
    private static long unpinnedAt;

    /// <summary>Memory that native code holds, in bytes: tensors mostly. Null where the C library is not glibc, which alone tells.</summary>
    public static long? UsedBytes => IsGlibc ? (long)(Information().UsedInHeaps + Information().Mapped) : null;

    /// <summary>For small models: what is up to 32 MB large lies in the heap, whose free end is kept for the next step up to 512 MB. Nothing where the environment already says something.</summary>
    internal static void Tune() => Set(SmallModelMappedFromBytes);

    /// <summary>
    /// For a large model, whose holes would cost gigabytes and whose arithmetic outweighs the page faults: what is larger than 1 MB gets pages of its own, which
    /// are given back at once. Measured on a 0.5 B model, SFT of 2,048 tokens: 1.6 GB at most instead of 2.3 to 2.7, for a tenth more time.
    /// </summary>
    /// <param name="parameters">The model's.</param>
    internal static void FitTo(long parameters)
    {
        if (holdsLargeModel || parameters < LargeModelParameters) return;
        holdsLargeModel = true;
        Set(LargeModelMappedFromBytes);
    }

    /// <summary>
    /// To be called after each backward pass. Every call of a custom autograd function leaves a few small native blocks (the thunks of its delegates) that only
    /// the garbage collector frees; lying between tensors, they keep the holes of freed tensors from becoming one, and the heap grows by megabytes a step.
    /// They are young, so that this takes a fraction of a millisecond; a tiny model, whose steps take little more, is spared most of them.
    /// </summary>
    internal static void Unpin()
    {
        var now = Environment.TickCount64;
        if (now - unpinnedAt < UnpinEveryMilliseconds) return;
        unpinnedAt = now;
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }

    /// <summary>After a model has left memory: frees what .NET still holds of it, and gives the system back what the heap has free.</summary>
    public static void Tidy()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (IsGlibc) _ = Trim(0);
    }

    private static void Set(int mappedFromBytes)
    {
        if (!IsTunable) return;
        // Either one alone would switch off glibc's own adaptation of both.
        _ = SetOption(MapThreshold, mappedFromBytes);
        _ = SetOption(TrimThreshold, KeptBytes);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int name, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial HeapInformation Information();

    /// <summary><c>struct mallinfo2</c>; only what is read has a name.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HeapInformation
    {
        private readonly nuint arena, freeBlocks, fastBlocks, mappedBlocks;
        public readonly nuint Mapped;
        private readonly nuint highest, fastBytes;
        public readonly nuint UsedInHeaps;
        private readonly nuint free, top;
    }
}
