using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

/// <summary>The short form of the benchmark <c>formats</c>. Alone in its process while it runs: it measures the heap.</summary>
[Collection(nameof(FlatMemoryTests))]
public sealed class FlatMemoryTests
{
    private const int Early = 1000;
    private const int Late = 20_000;
    private const long MostGrowth = 1024 * 1024;

    public static TheoryData<string> Names => DatasetFormatsTests.Names;

    [Theory, MemberData(nameof(Names))]
    public async Task ExportImport_TwentyTimesTheRows_TakesNoMoreMemory(string name)
    {
        var format = DatasetFormats.Find(name)!;
        using var folder = new TemporaryFolder();
        var exported = new List<long>();
        var imported = new List<long>();

        await using (var file = File.Create(folder["data"]))
            Assert.Null((await format.ExportAsync(Examples(format, exported), file)).Refusal);
        await using (var file = File.OpenRead(folder["data"]))
        {
            var count = 0;
            await foreach (var row in format.ImportAsync(file))
            {
                Assert.Null(row.Error);
                if (++count is Early or Late) imported.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
            Assert.Equal(Late, count);
        }

        Assert.True(exported[1] - exported[0] < MostGrowth, $"export grew by {exported[1] - exported[0]:N0} bytes");
        Assert.True(imported[1] - imported[0] < MostGrowth, $"import grew by {imported[1] - imported[0]:N0} bytes");
    }

    private static async IAsyncEnumerable<Example> Examples(DatasetFormat format, List<long> heap)
    {
        await Task.CompletedTask;
        var generator = new ExampleGenerator(2, isWild: false);
        for (var count = 0; count < Late;)
        {
            var example = generator.Next(format.Kinds[0]);
            if (format.ReasonAgainst(example) is not null) continue;
            if (++count is Early or Late) heap.Add(GC.GetTotalMemory(forceFullCollection: true));
            yield return example;
        }
    }
}

/// <summary>Runs after all the others.</summary>
[CollectionDefinition(nameof(FlatMemoryTests), DisableParallelization = true)]
public sealed class AloneInItsProcess;
