using System.Text;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

public sealed class DatasetFormatsTests
{
    public static TheoryData<string> Names => [.. DatasetFormats.All.Select(format => format.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task ExportImport_TameExamples_ComeBackEqual(string name) => await RoundTripAsync(name, isWild: false, leastAccepted: 10);

    [Theory, MemberData(nameof(Names))]
    public async Task ExportImport_WildExamples_ComeBackEqualOrAreRefused(string name) => await RoundTripAsync(name, isWild: true, leastAccepted: 3);

    private static async Task RoundTripAsync(string name, bool isWild, int leastAccepted)
    {
        var format = DatasetFormats.Find(name)!;
        foreach (var kind in format.Kinds)
        {
            var generator = new ExampleGenerator(7 + (int)kind, isWild);
            Example[] examples = [.. Enumerable.Range(0, 200).Select(_ => generator.Next(kind))];
            var accepted = examples.Where(example => format.ReasonAgainst(example) is null).ToList();
            var refused = examples.Except(accepted).ToList();

            Assert.True(accepted.Count >= leastAccepted, $"{name} takes {accepted.Count} of {examples.Length} {kind} examples: {refused.Select(format.ReasonAgainst).FirstOrDefault()}");
            await format.AssertComesBackAsync(accepted);
            await format.AssertComesBackAsync(accepted, new() { IsGzip = true });
            if (format.HasArrays) await format.AssertComesBackAsync(accepted, new() { IsArray = true });
            foreach (var example in refused.Take(20)) await AssertRefusedAsync(format, example);
        }
    }

    private static async Task AssertRefusedAsync(DatasetFormat format, Example example)
    {
        var (_, result) = await format.WriteAsync([example]);

        Assert.Equal(0, result.Written);
        Assert.StartsWith("Example 1: ", result.Refusal);
        Assert.EndsWith(".", result.Refusal);
        Assert.DoesNotContain("\n", result.Refusal, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task ReasonAgainst_KindThatIsNotDeclared_RefusesBeforehand(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var generator = new ExampleGenerator(1, isWild: false);

        foreach (var kind in Enum.GetValues<ExampleKind>().Except(format.Kinds))
        {
            var example = generator.Next(kind);

            Assert.Contains("carries no", format.ReasonAgainst(example));
            await AssertRefusedAsync(format, example);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Detect_ItsOwnExampleLine_FindsTheFormat(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var line = Encoding.UTF8.GetBytes(format.ExampleLine + "\n");

        Assert.Equal(format, await DatasetFormats.DetectAsync(line));
        if (format.HasArrays) Assert.Null(Assert.Single(await format.ReadAsync(line)).Error);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Detect_BeginningOfCompressedFile_FindsAFormatThatReadsIt(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var generator = new ExampleGenerator(3, isWild: false);
        var examples = Enumerable.Range(0, 3000).Select(_ => generator.Next(format.Kinds[0])).Where(example => format.ReasonAgainst(example) is null);
        var (file, _) = await format.WriteAsync(examples, new() { IsGzip = true });

        var found = await DatasetFormats.DetectAsync(file.AsMemory(0, file.Length / 2));

        Assert.NotNull(found);
        Assert.All(await found.ReadAsync(file), row => Assert.Null(row.Error));
    }

    [Fact]
    public void All_Names_AreUniqueAndFound()
    {
        Assert.Equal(DatasetFormats.All.Count, DatasetFormats.All.Select(format => format.Name).Distinct().Count());
        Assert.All(DatasetFormats.All, format => Assert.Same(format, DatasetFormats.Find(format.Name)));
        Assert.Null(DatasetFormats.Find("none"));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Import_SkippingRecords_GoesOnWithTheNext(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var generator = new ExampleGenerator(11, isWild: true);
        var examples = Enumerable.Range(0, 100).Select(_ => generator.Next(format.Kinds[0])).Where(example => format.ReasonAgainst(example) is null).ToList();
        var (file, _) = await format.WriteAsync(examples);
        var all = await format.ReadAsync(file);

        var rest = await format.ReadAsync(file, new() { SkipRecords = 5 });

        Assert.True(rest.Count > 0);
        Assert.Equal(all.Where(row => row.Record > 5), rest);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Export_RefusedExampleAfterOthers_SaysWhichAndKeepsWholeRecords(string name)
    {
        var format = DatasetFormats.Find(name)!;
        var generator = new ExampleGenerator(5, isWild: false);
        var good = Enumerable.Range(0, 200).Select(_ => generator.Next(format.Kinds[0])).Where(example => format.ReasonAgainst(example) is null).Take(3).ToList();
        var broken = good[0] with { Id = "\ud800" };

        var (file, result) = await format.WriteAsync([.. good, broken, good[0]]);

        Assert.Equal(3, result.Written);
        Assert.StartsWith("Example 4: ", result.Refusal);
        Assert.Equal(good, (await format.ReadAsync(file)).Select(row => row.Example));
    }
}
