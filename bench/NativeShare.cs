using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.EventPipe;

namespace RlhfHub.Bench;

/// <summary>
/// The share of a thread's time spent inside native code, which here is libtorch: the runtime's own sampling profiler says of each sample, taken every
/// millisecond, whether the thread was in managed code or outside. The glue around a native call counts as managed.
/// </summary>
internal static class NativeShare
{
    public static double Of(Action action)
    {
        var file = Path.GetTempFileName();
        try
        {
            var client = new DiagnosticsClient(Environment.ProcessId);
            using (var session = client.StartEventPipeSession(new EventPipeProvider("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational), requestRundown: false))
            {
                using var trace = File.Create(file);
                var copying = session.EventStream.CopyToAsync(trace);
                action();
                session.Stop();
                copying.GetAwaiter().GetResult();   // a console program's main thread: nothing else waits
            }
            long native = 0, all = 0;
            var thread = GetThreadId();
            using var source = new EventPipeEventSource(file);
            new SampleProfilerTraceEventParser(source).ThreadSample += sample =>
            {
                if (sample.ThreadID != thread) return;
                all++;
                if (sample.Type == ClrThreadSampleType.External) native++;
            };
            source.Process();
            return all == 0 ? double.NaN : (double)native / all;
        }
        finally
        {
            File.Delete(file);
        }
    }

    [DllImport("libc", EntryPoint = "gettid")]
    private static extern int GetThreadId();
}
