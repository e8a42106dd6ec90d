using System.Globalization;
using System.Runtime.InteropServices;

namespace RlhfHub.Bench;

/// <summary>
/// The share of a thread's own time spent inside libtorch, by sampling its instruction pointer: the kernel writes one every fifth of a millisecond into a ring
/// (perf_event_open, CPU clock, user space only), and the process's memory map tells which library it lies in. What libtorch calls in the C library counts as outside.
/// </summary>
internal static unsafe partial class NativeShare
{
    private const int PerfEventOpen = 298;          // x86-64
    private const int BufferPages = 1 << 9;         // 2 MiB: two minutes of samples
    private const int SampleBytes = 16;             // header and instruction pointer
    private const int SampleRecord = 9;
    private const int DataHead = 1024;              // where the control page says how far the kernel has written
    private const ulong Flags = 1 << 5;             // exclude_kernel

    /// <summary>A number from 0 to 1; NaN where sampling is not allowed.</summary>
    public static double Of(Action action)
    {
        Span<byte> attributes = stackalloc byte[128];
        attributes.Clear();
        MemoryMarshal.Write(attributes, 1);                    // software event …
        MemoryMarshal.Write(attributes[4..], 128);             // size of this structure
        MemoryMarshal.Write(attributes[8..], 0L);              // … CPU clock
        MemoryMarshal.Write(attributes[16..], 200_000L);       // nanoseconds between samples
        MemoryMarshal.Write(attributes[24..], 1L);             // each holds the instruction pointer
        MemoryMarshal.Write(attributes[40..], Flags);
        int file;
        fixed (byte* pointer = attributes) file = (int)SystemCall(PerfEventOpen, pointer, 0, -1, -1, 0);
        if (file < 0 || RuntimeInformation.ProcessArchitecture != Architecture.X64) return double.NaN;
        var length = (nuint)((BufferPages + 1) * Environment.SystemPageSize);
        var buffer = (byte*)Map(null, length, 3, 1, file, 0);
        if ((nint)buffer == -1) return double.NaN;
        try
        {
            action();
            return Share(buffer);
        }
        finally
        {
            _ = Unmap(buffer, length);
            _ = Close(file);
        }
    }

    private static double Share(byte* buffer)
    {
        var libraries = LibtorchRanges();
        var data = buffer + Environment.SystemPageSize;
        var written = Math.Min(*(long*)(buffer + DataHead), (long)BufferPages * Environment.SystemPageSize);
        long inside = 0, all = 0;
        for (long at = 0; at + SampleBytes <= written; at += *(ushort*)(data + at + 6))
        {
            if (*(ushort*)(data + at + 6) == 0) break;
            if (*(uint*)(data + at) != SampleRecord) continue;
            var pointer = *(ulong*)(data + at + 8);
            all++;
            if (libraries.Any(range => pointer >= range.Start && pointer < range.End)) inside++;
        }
        return all == 0 ? double.NaN : (double)inside / all;
    }

    /// <summary>Lines such as <c>7f3a10000000-7f3a18000000 r-xp 00000000 fe:00 1234  /…/libtorch_cpu.so</c>.</summary>
    private static (ulong Start, ulong End)[] LibtorchRanges() =>
    [
        .. File.ReadLines("/proc/self/maps")
            .Where(line => new[] { "libtorch", "libc10", "libgomp", "libLibTorchSharp" }.Any(name => line.Contains($"/{name}", StringComparison.Ordinal)))
            .Select(line => line[..line.IndexOf(' ')].Split('-'))
            .Select(ends => (ulong.Parse(ends[0], NumberStyles.HexNumber), ulong.Parse(ends[1], NumberStyles.HexNumber))),
    ];

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, byte* attributes, int process, int cpu, int group, ulong flags);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
