using RlhfHub.Training.Generation;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Generation;

public sealed class SamplerTests
{
    // Probabilities 0.5, 0.25, 0.125, 0.125 for tokens 2, 0, 3, 1.
    private static readonly float[] Logits = [MathF.Log(0.25f), MathF.Log(0.125f), MathF.Log(0.5f), MathF.Log(0.125f)];

    [Fact]
    public void Next_Greedy_TakesTheLikeliest() => Assert.Equal([2], Distinct(new() { Temperature = 0 }));

    [Theory]
    [InlineData(1e-45)]
    [InlineData(1e-40)]
    [InlineData(1e-9)]
    public void Next_TemperatureNextToNothing_TakesTheLikeliest(double temperature)
    {
        Assert.Equal([2], Distinct(new() { Temperature = temperature }));
        Assert.Equal([2], Distinct(new() { Temperature = temperature, TopK = 3, TopP = 0.99 }));
    }

    [Fact]
    public void Next_TopKTwo_DrawsTheTwoLikeliestByTheirShares()
    {
        var drawn = Draw(new() { TopK = 2 });

        Assert.Equal([0, 2], drawn.Distinct().Order());
        Assert.InRange(drawn.Count(token => token == 2) / (double)drawn.Length, 0.63, 0.70);   // 0.5 / 0.75
    }

    [Theory]
    [InlineData(0.4, new[] { 2 })]              // the first token that reaches it is kept
    [InlineData(0.5, new[] { 2 })]              // 0.5 is reached: nothing more
    [InlineData(0.6, new[] { 0, 2 })]
    [InlineData(0.999, new[] { 0, 1, 2, 3 })]
    public void Next_TopP_DrawsTheFewestThatReachIt(double topP, int[] expected) => Assert.Equal(expected, Distinct(new() { TopP = topP }));

    [Theory]
    [InlineData(0.6, new[] { 2 })]
    [InlineData(0.45, new[] { 0, 2 })]          // at least 0.45 · 0.5
    [InlineData(0.2, new[] { 0, 1, 2, 3 })]
    public void Next_MinP_DrawsThoseWithAShareOfTheBest(double minP, int[] expected) => Assert.Equal(expected, Distinct(new() { MinP = minP }));

    [Fact]
    public void Next_NoFilter_DrawsByTheDistribution()
    {
        var drawn = Draw(new());

        foreach (var (token, share) in new[] { (0, 0.25), (1, 0.125), (2, 0.5), (3, 0.125) })
            Assert.InRange(drawn.Count(other => other == token) / (double)drawn.Length, share - 0.025, share + 0.025);
    }

    [Fact]
    public void Next_RepetitionPenalty_DividesPositiveAndMultipliesNegativeLogits()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 2, 1.5f, -1, -1.5f }, { -3, -1, -1.5f, -4 } });
        var occurred = tensor(new[,] { { true, false, false, false }, { false, true, false, false } });
        using var sampler = new Sampler([new() { Temperature = 0, RepetitionPenalty = 1.5 }, new() { Temperature = 0, RepetitionPenalty = 2 }], 4, CPU);

        var chosen = sampler.Next(logits, occurred, null, [0, 0]).data<long>().ToArray();

        Assert.Equal([1, 2], chosen);   // 2 / 1.5 < 1.5; -1 · 2 < -1.5
    }

    [Fact]
    public void Next_MixedRows_EachGetsWhatTheReferenceGives()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        GenerationOptions[] options =
        [
            new() { Temperature = 0 }, new() { Seed = 1 }, new() { Seed = 2, Temperature = 0.7, TopK = 5 }, new() { Seed = 3, TopP = 0.8 },
            new() { Seed = 4, MinP = 0.1 }, new() { Seed = 5, TopK = 20, TopP = 0.9, MinP = 0.02, RepetitionPenalty = 1.3 },
        ];
        using var sampler = new Sampler(options, 100, CPU);
        var nearTies = 0;
        for (var step = 0; step < 200; step++)
        {
            var logits = randn(options.Length, 100).mul(3);
            var occurred = rand(options.Length, 100).lt(0.2);

            var chosen = sampler.Next(logits, occurred, null, Enumerable.Repeat(step, options.Length).ToArray()).data<long>().ToArray();

            for (var row = 0; row < options.Length; row++)
            {
                var seen = occurred[row].data<bool>().ToArray().Select((isSeen, id) => (isSeen, id)).Where(pair => pair.isSeen).Select(pair => pair.id);
                var (token, margin) = ReferenceSampler.Choose(logits[row].data<float>().ToArray(), options[row], seen, SeededUniform.At(options[row].Seed, step));
                if (margin < 1e-5) nearTies++;
                else Assert.Equal(token, chosen[row]);
            }
        }
        Assert.InRange(nearTies, 0, 20);
    }

    [Fact]
    public void Uniform_OfManySeeds_IsUniformAndDiffersBetweenSeeds()
    {
        var values = Enumerable.Range(0, 100).SelectMany(seed => Enumerable.Range(0, 100).Select(i => SeededUniform.At(seed, i))).ToArray();

        Assert.Equal(values.Length, values.Distinct().Count());
        for (var tenth = 0; tenth < 10; tenth++) Assert.InRange(values.Count(value => (int)(value * 10) == tenth), 900, 1100);
    }

    private static int[] Distinct(GenerationOptions options) => [.. Draw(options).Distinct().Order()];

    private static int[] Draw(GenerationOptions options)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(0, 4000).Select(seed => options with { Seed = seed }).ToArray();
        using var sampler = new Sampler(rows, Logits.Length, CPU);
        return [.. sampler.Next(tensor(Logits).unsqueeze(0).repeat(rows.Length, 1), null, null, new int[rows.Length]).data<long>().ToArray().Select(id => (int)id)];
    }
}
