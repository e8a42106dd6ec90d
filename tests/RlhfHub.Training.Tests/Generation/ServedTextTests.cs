using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tests.Models;

namespace RlhfHub.Training.Tests.Generation;

/// <summary>What the model server asks of the generator.</summary>
public sealed class ServedTextTests
{
    private static readonly int[] Prompt = [5, 6, 7, 8];

    [Fact]
    public void Run_SeveralTextsOfOnePrompt_AreWhatEachIsAlone()
    {
        using var model = Load();
        GenerationRequest Request(int[] prompt, long seed) => new() { Prompt = prompt, Options = new() { Seed = seed, MaxNewTokens = 10, RepetitionPenalty = 1.1, PresencePenalty = 0.5 } };
        int[] other = [9, 3];

        // More texts than rows: some join later, and read their prompt again.
        var shared = TextGenerator.Run(model, null, [Request(Prompt, 1), Request(other, 7), Request(Prompt, 2), Request(Prompt, 3), Request(Prompt, 4)], maxRows: 4, endIds: []);
        var alone = new[] { Request([.. Prompt], 1), Request([.. other], 7), Request([.. Prompt], 2), Request([.. Prompt], 3), Request([.. Prompt], 4) }.Select(request => TextGenerator.Run(model, null, [request], endIds: [])[0]);

        Assert.Equal(alone.Select(result => result.Tokens), shared.Select(result => result.Tokens));
    }

    [Fact]
    public void Run_WithFrequencyPenalty_SubtractsOnceForEachTimeWritten()
    {
        using var model = Load();
        GenerationOptions Greedy(double presence, double frequency) => new() { Temperature = 0, MaxNewTokens = 24, PresencePenalty = presence, FrequencyPenalty = frequency };
        int Distinct(GenerationOptions options) => TextGenerator.Run(model, null, [new() { Prompt = Prompt, Options = options }], endIds: [])[0].Tokens.Distinct().Count();

        var plain = Distinct(Greedy(0, 0));

        Assert.True(Distinct(Greedy(2, 2)) > plain);
        Assert.True(Distinct(Greedy(-2, -2)) <= plain);
    }

    [Fact]
    public void Run_WithAlternatives_TellsTheLikeliestTokensFirst()
    {
        using var model = Load();
        var tokens = new List<GeneratedToken>();
        GenerationRequest Request(int alternatives, Action<GeneratedToken>? hear) => new() { Prompt = Prompt, Options = new() { Temperature = 0, MaxNewTokens = 5, Alternatives = alternatives }, OnToken = hear };

        TextGenerator.Run(model, null, [Request(3, tokens.Add), Request(0, token => Assert.Empty(token.Alternatives))], endIds: []);

        Assert.Equal(5, tokens.Count);
        Assert.All(tokens, token =>
        {
            Assert.Equal(3, token.Alternatives.Count);
            Assert.Equal((token.Id, token.LogProbability), (token.Alternatives[0].Id, token.Alternatives[0].LogProbability));
            Assert.True(token.Alternatives[0].LogProbability >= token.Alternatives[1].LogProbability && token.Alternatives[1].LogProbability >= token.Alternatives[2].LogProbability);
        });
    }

    [Fact]
    public void Step_CancelledWhileOthersWaitBefore_FreesItsPlaceAtOnce()
    {
        using var model = Load();
        using var cancellation = new CancellationTokenSource();
        using var generator = new TextGenerator(model, null, maxRows: 1, endIds: []);
        GenerationRequest Request(CancellationToken token = default) => new() { Prompt = Prompt, Options = new() { MaxNewTokens = 8 }, Cancellation = token };
        generator.Submit(Request());
        generator.Submit(Request());
        var third = generator.Submit(Request(cancellation.Token));
        generator.Step();
        cancellation.Cancel();

        var ended = generator.Step();

        Assert.Equal([(third, FinishReason.Cancelled)], ended.Select(item => (item.Order, item.Result.Reason)));
        Assert.Equal((2, 1), (generator.Pending, generator.Running));
    }

    [Fact]
    public void Submit_BeyondTheGivenContext_IsRefused()
    {
        using var model = Load();
        using var generator = new TextGenerator(model, null, maxRows: 1, endIds: [], maxContext: 6);

        Assert.Throws<InvalidInputException>(() => generator.Submit(new() { Prompt = [1, 2, 3, 4, 5, 6] }));
        generator.Submit(new() { Prompt = [1, 2, 3, 4], Options = new() { MaxNewTokens = 100 } });
        generator.Step();
        Assert.Single(generator.Step());
    }

    private static CausalModel Load() => ModelFolder.LoadCausal(ModelFixtures.Folder("qwen3"));
}
