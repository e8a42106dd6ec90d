using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Splits;

namespace RlhfHub.Training.Tests.Data.Splits;

public sealed class SplitTests : IDisposable
{
    private readonly DataFiles files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_RepeatedPrompts_NeverLieOnBothSides(long seed)
    {
        var rows = files.Read(PromptCompletion.Format, [.. Enumerable.Range(0, 2000).Select(i => $$"""{"prompt": "p{{i % 700}}", "completion": "c{{i}}"}""")]);

        var split = TrainValidationSplit<PromptCompletionRow>.Of(rows, 0.2, seed);

        Assert.Empty(split.Train.Select(row => row.PromptKey).Intersect(split.Validation.Select(row => row.PromptKey)));
        Assert.Equal(rows.Count, split.Train.Count + split.Validation.Count);
        Assert.InRange(split.Validation.Count, 290, 510);
        var reversed = TrainValidationSplit<PromptCompletionRow>.Of([.. rows.Reverse()], 0.2, seed);
        Assert.Equal(split.Validation.Select(row => row.Place.Line), reversed.Validation.Select(row => row.Place.Line).Order());
    }

    [Fact]
    public void Of_NothingOrAll_IsOneSide()
    {
        var rows = files.Read(PromptOnly.Format, """{"prompt": "a"}""", """{"prompt": "b"}""");

        Assert.Empty(TrainValidationSplit<PromptRow>.Of(rows, 0).Validation);
        Assert.Empty(TrainValidationSplit<PromptRow>.Of(rows, 1).Train);
    }

    [Fact]
    public void Find_SharedPrompts_SaysHowMany()
    {
        var train = files.Read(PromptOnly.Format, """{"prompt": "a"}""", """{"prompt": "b"}""");
        var validation = files.Read(PromptOnly.Format,
            """{"prompt": [{"role": "user", "content": "c"}]}""", """{"prompt": [{"role": "user", "content": "b"}]}""", """{"prompt": [{"role": "user", "content": "b"}]}""");

        var leak = PromptLeak.Find(train, validation)!;

        var file = files["data.jsonl"];
        Assert.Equal($"1 of the 2 validation prompts (2 rows) are also in the training data, first {file} line 2 and {file} line 2; expected no prompt in both.", leak.Message);
        Assert.Null(PromptLeak.Find(train, validation.Take(1).ToArray()));
    }
}
