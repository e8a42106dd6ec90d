using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Bench;

/// <summary><c>formats</c>: how fast each data set format goes out and comes in, and that neither takes more memory for more rows.</summary>
internal static class FormatsBench
{
    private const int Early = 1000;
    private const long MostGrowth = 2 * 1024 * 1024;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows a file.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("formats", "Rows per second out and in, and how much the managed heap grows; 1 where it grows by more than 2 MB.") { rows };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(rows), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int rows, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{rows:N0} rows of about 600 characters; the heap after {Early:N0} rows against the last, collected before each");
        var path = Path.GetTempFileName();
        var isFlat = true;
        foreach (var format in DatasetFormats.All)
        {
            var (exportSeconds, exportGrowth) = await ExportAsync(format, path, rows, cancellationToken);
            var bytes = new FileInfo(path).Length;
            var (importSeconds, importGrowth) = await ImportAsync(format, path, rows, cancellationToken);
            isFlat &= exportGrowth < MostGrowth && importGrowth < MostGrowth;
            Console.WriteLine($"| {format.Name} | {bytes / 1e6:0} MB | {rows / exportSeconds:N0} | {rows / importSeconds:N0} | {exportGrowth / 1024.0:+0;-0;0} KB | {importGrowth / 1024.0:+0;-0;0} KB |");
        }
        File.Delete(path);
        if (!isFlat) Console.WriteLine("MISSED: the heap grows with the rows");
        return isFlat ? 0 : 1;
    }

    private static async Task<(double Seconds, long Growth)> ExportAsync(DatasetFormat format, string path, int rows, CancellationToken cancellationToken)
    {
        var heap = new List<long>();
        var clock = new Stopwatch();
        await using var file = File.Create(path);
        clock.Start();
        var result = await format.ExportAsync(Examples(format, rows, heap, clock), file, cancellationToken: cancellationToken);
        return result.Refusal is null ? (clock.Elapsed.TotalSeconds, heap[1] - heap[0]) : throw new InvalidOperationException(result.Refusal);
    }

    private static async Task<(double Seconds, long Growth)> ImportAsync(DatasetFormat format, string path, int rows, CancellationToken cancellationToken)
    {
        var heap = new List<long>();
        var clock = Stopwatch.StartNew();
        await using var file = File.OpenRead(path);
        var count = 0;
        await foreach (var row in format.ImportAsync(file, cancellationToken: cancellationToken))
        {
            if (row.Error is not null) throw new InvalidOperationException(row.Error);
            if (++count == Early || count == rows) Sample(heap, clock);
        }
        return count == rows ? (clock.Elapsed.TotalSeconds, heap[1] - heap[0]) : throw new InvalidOperationException($"{format}: {count} rows of {rows} came back.");
    }

    private static async IAsyncEnumerable<Example> Examples(DatasetFormat format, int rows, List<long> heap, Stopwatch clock)
    {
        await Task.CompletedTask;
        var text = string.Join(' ', Enumerable.Repeat("The sky is \"blue\" because air scatters light.\n", 6));
        for (var i = 1; i <= rows; i++)
        {
            if (i == Early || i == rows) Sample(heap, clock);
            yield return Example(format, $"{i} {text}", $"{text} {i}");
        }
    }

    private static Example Example(DatasetFormat format, string one, string other)
    {
        ValueList<Message> prompt = [new(Message.User, "Why is the sky blue?")];
        return format.Kinds[0] switch
        {
            ExampleKind.Prompt => new PromptExample([new(Message.User, one + other)]),
            ExampleKind.Demonstration => new DemonstrationExample([new(Message.User, one)], other),
            ExampleKind.Preference => new PreferenceExample(format == Preference.Implicit ? [] : prompt, one, other),
            ExampleKind.Unpaired => new UnpairedExample([new(Message.User, one)], other, true),
            ExampleKind.Ranking => new RankingExample(prompt, [one, other], [2, 1]),
            ExampleKind.Classification => new ClassificationExample(one + other, [], ["polite"]),
            _ when format.HasArrays => new TextExample(one + other),
            _ => new PreferenceExample(prompt, one, other),
        };
    }

    private static void Sample(List<long> heap, Stopwatch clock)
    {
        clock.Stop();
        heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        clock.Start();
    }
}
