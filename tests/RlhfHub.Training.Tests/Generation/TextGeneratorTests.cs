using System.Text.Json.Nodes;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tests.Models;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Generation;

public sealed class TextGeneratorTests(ITestOutputHelper output)
{
    private const double NearTie = 1e-4;

    private static readonly GenerationOptions[] Styles =
    [
        new() { Temperature = 0 },
        new(),
        new() { Temperature = 0.8, TopK = 40 },
        new() { TopP = 0.9 },
        new() { Temperature = 1.3, MinP = 0.05 },
        new() { Temperature = 0.9, TopK = 50, TopP = 0.95, RepetitionPenalty = 1.2 },
    ];

    public static TheoryData<string> Causal => new(ModelFixtures.Causal);

    [Theory]
    [MemberData(nameof(Causal))]
    public void Run_EveryFamily_InAMixedBatchEqualsFullRecomputation(string name)
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder(name));
        // A dynamic rotation cannot go beyond the trained context with cached keys; elsewhere some texts meet the end of the context.
        var isDynamic = model.Config.Decoder.Rope?.Scaling is DynamicRopeScaling;
        var requests = Requests(model.Config.Decoder.VocabularySize, 24, maxPrompt: isDynamic ? 4 : 6, newTokens: isDynamic ? 4 : 8, seed: 3);

        var batched = TextGenerator.Run(model, null, requests, maxRows: 5, endIds: [7]);

        var (differing, nearTies) = CompareWithRecomputation(model, requests, batched, endIds: [7]);
        Assert.True(differing.Count == 0, $"Requests {string.Join(", ", differing)} differ; {nearTies} near-ties.");
        Assert.InRange(nearTies, 0, 3);
    }

    [TestDataFact("stories260K")]
    public void Run_FiveHundredPrompts_BatchedAloneAndRecomputedAreTheSame()
    {
        using var model = ModelFolder.LoadCausal(TestData.Folder("stories260K"));
        var requests = Requests(512, 500, maxPrompt: 40, newTokens: 16, seed: 11);

        var batched = TextGenerator.Run(model, null, requests, maxRows: 32);
        var alone = requests.Select(request => TextGenerator.Run(model, null, [request]).Single()).ToArray();

        var (differing, nearTies) = CompareWithRecomputation(model, requests, batched, [2]);
        var (differingAlone, nearTiesAlone) = CompareWithRecomputation(model, requests, alone, [2]);
        output.WriteLine($"500 prompts: in a batch {nearTies} near-ties, alone {nearTiesAlone}; all others equal full recomputation.");
        Assert.Empty(differing);
        Assert.Empty(differingAlone);
        Assert.InRange(nearTies + nearTiesAlone, 0, 25);
    }

    [Fact]
    public void Run_InBFloat16_DecodesWhatFullRecomputationGives()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-gqa-tied"), dtype: ScalarType.BFloat16);
        var requests = Requests(model.Config.Decoder.VocabularySize, 40, maxPrompt: 6, newTokens: 6, seed: 5).Where(request => request.Options.IsGreedy).ToArray();

        var batched = TextGenerator.Run(model, null, requests, maxRows: 3, endIds: []);

        // Eight bits of mantissa: only choices by a wide margin must agree.
        var (differing, nearTies) = CompareWithRecomputation(model, requests, batched, [], nearTie: 0.1);
        Assert.Empty(differing);
        Assert.InRange(nearTies, 0, requests.Length / 2);
    }

    [Fact]
    public void Run_SameSeedInOtherCompany_GivesTheSameText()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen3"));
        GenerationRequest Request(long seed, params int[] prompt) => new() { Prompt = prompt, Options = new() { Seed = seed, MaxNewTokens = 12 } };

        var alone = TextGenerator.Run(model, null, [Request(9, 1, 2, 3)], endIds: [])[0];
        var among = TextGenerator.Run(model, null, [Request(1, 4), Request(9, 1, 2, 3), Request(2, 5, 6, 7, 8, 9)], endIds: [])[1];
        var other = TextGenerator.Run(model, null, [Request(10, 1, 2, 3)], endIds: [])[0];

        Assert.Equal(alone.Tokens, among.Tokens);
        Assert.NotEqual(alone.Tokens, other.Tokens);
    }

    [Fact]
    public void LogProbabilities_OfGeneratedTokens_AreTheModelsOwn()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("gpt2"));
        var request = new GenerationRequest { Prompt = [1, 2, 3], Options = new() { Temperature = 0.5, TopK = 3, MaxNewTokens = 6, Seed = 4 } };

        var result = TextGenerator.Run(model, null, [request], endIds: [])[0];

        var scored = SequenceScorer.LogProbabilities(model, [[.. request.Prompt, .. result.Tokens]])[0];
        Assert.Equal(result.LogProbabilities.Count, result.Tokens.Count);
        foreach (var (expected, actual) in scored.Skip(2).Zip(result.LogProbabilities)) Assert.Equal(expected, actual, 1e-4);
    }

    [Fact]
    public void Step_ThousandTokens_LeavesNoTensorBehindAndMemoryFlat()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("mistral-sliding"));
        GenerationRequest[] requests = [.. Requests(model.Config.Decoder.VocabularySize, 100, maxPrompt: 5, newTokens: 10, seed: 1)];
        TextGenerator.Run(model, null, requests, maxRows: 4, endIds: []);   // whatever is made once is made now
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (tensors, resident) = (Tensor.TotalCount, ResidentBytes());

        var results = TextGenerator.Run(model, null, requests, maxRows: 4, endIds: []);

        // Counted before the collector runs: a tensor that nobody disposed would still be among the living.
        Assert.Equal(1000, results.Sum(result => result.Tokens.Count));
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.InRange(ResidentBytes() - resident, long.MinValue, 16 << 20);
    }

    [Fact]
    public void Step_AfterOnTokenThrew_Refuses()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen2"));
        TextGenerator.Run(model, null, [new() { Prompt = [1] }]);   // whatever is made once is made now
        var tensors = Tensor.TotalCount;
        using (var generator = new TextGenerator(model, null, maxRows: 2, endIds: []))
        {
            generator.Submit(new() { Prompt = [1], OnToken = _ => throw new IOException("gone") });
            generator.Submit(new() { Prompt = [2] });

            Assert.Throws<IOException>(generator.Step);

            // The second text has no token for what the cache and the generator already hold of it.
            Assert.Contains("make a new generator", Assert.Throws<InvalidOperationException>(generator.Step).Message, StringComparison.Ordinal);
        }
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Fact]
    public void Step_WeightsThatAreNoNumbers_SaysSo()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen2"));
        using (var noGrad = no_grad()) model.Decoder.EmbeddingWeight.fill_(float.NaN);

        var generating = Assert.Throws<ModelFileException>(() => TextGenerator.Run(model, null, [new() { Prompt = [1] }]));
        var scoring = Assert.Throws<ModelFileException>(() => SequenceScorer.LogProbabilities(model, [[1, 2]]));

        Assert.Contains("no numbers (NaN)", generating.Message, StringComparison.Ordinal);
        Assert.Equal(generating.Message, scoring.Message);
    }

    [Fact]
    public void Step_ManyTokensAllowed_TakesMemoryForThoseWrittenOnly()
    {
        using var model = Context(1 << 20);
        long most = 0;
        using var generator = new TextGenerator(model, null, maxRows: 4, endIds: []);
        using var cancellation = new CancellationTokenSource();
        generator.Submit(new()
        {
            Prompt = [1],
            Options = new() { MaxNewTokens = 1_000_000 },
            Cancellation = cancellation.Token,
            OnToken = _ =>
            {
                most = Math.Max(most, ResidentBytes());
                cancellation.Cancel();
            },
        });

        var resident = ResidentBytes();
        while (generator.Pending > 0) generator.Step();

        Assert.InRange(most - resident, long.MinValue, 64 << 20);   // all that is allowed would be 512 MB
    }

    [Fact]
    public void Run_TextsThatOutgrowTheCache_EqualFullRecomputation()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-yarn"));
        var requests = Requests(model.Config.Decoder.VocabularySize, 9, maxPrompt: 80, newTokens: 200, seed: 4);

        var batched = TextGenerator.Run(model, null, requests, maxRows: 4, endIds: []);

        Assert.Empty(CompareWithRecomputation(model, requests, batched, endIds: []).Differing);
    }

    [Theory]
    [InlineData(new int[0], "The prompt has no tokens")]
    [InlineData(new[] { 1, 99 }, "The prompt has the token 99; the model's vocabulary has 0 to")]
    public void Submit_PromptThatCannotBe_SaysWhy(int[] prompt, string message) => AssertRefused(new() { Prompt = prompt }, message);

    [Fact]
    public void Submit_PromptLongerThanTheContext_SaysBothLengths() => AssertRefused(new() { Prompt = new int[500] }, "The prompt has 500 tokens; the model's context is ");

    [Fact]
    public void Submit_OptionOutOfRange_NamesIt() => AssertRefused(new() { Prompt = [1], Options = new() { TopP = 1.5 } }, "Top-p");

    [Fact]
    public void Run_UpToTheEndOfTheContext_EndsThere()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("gpt2"));
        var context = model.Config.ContextLength;

        var result = TextGenerator.Run(model, null, [new() { Prompt = [1, 2], Options = new() { MaxNewTokens = 1000 } }], endIds: [])[0];

        Assert.Equal(context - 2, result.Tokens.Count);
        Assert.Equal(FinishReason.Length, result.Reason);
    }

    [Fact]
    public void Run_CancelledRequest_EndsAndLetsTheOthersGoOn()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen2"));
        using var cancellation = new CancellationTokenSource();
        var first = new GenerationRequest { Prompt = [1], Options = new() { MaxNewTokens = 8 }, Cancellation = cancellation.Token, OnToken = _ => cancellation.Cancel() };
        var second = new GenerationRequest { Prompt = [1], Options = new() { MaxNewTokens = 8 } };

        var results = TextGenerator.Run(model, null, [first, second], endIds: []);

        Assert.Equal(FinishReason.Cancelled, results[0].Reason);
        Assert.InRange(results[0].Tokens.Count, 1, 2);
        Assert.Equal(8, results[1].Tokens.Count);
    }

    [Fact]
    public void Run_CancelledBeforeItStarts_WritesNothing()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen2"));
        var cancelled = new GenerationRequest { Prompt = [1], Options = new() { MaxNewTokens = 8 }, Cancellation = new(canceled: true) };
        var other = new GenerationRequest { Prompt = [1], Options = new() { MaxNewTokens = 8 } };

        var results = TextGenerator.Run(model, null, [cancelled, other, cancelled], maxRows: 1, endIds: []);

        Assert.Equal([0, 8, 0], results.Select(result => result.Tokens.Count));
        Assert.Equal([FinishReason.Cancelled, FinishReason.Length, FinishReason.Cancelled], results.Select(result => result.Reason));
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Forward_PaddedOnTheLeft_GivesEachRowWhatItGivesAlone(string name)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder(name));
        if (model.Config.Decoder.Rope?.Scaling is DynamicRopeScaling) return;   // its rotation depends on the padded length by design
        using var noGrad = no_grad();
        var padded = model.forward(tensor(new long[,] { { 0, 0, 0, 5, 6, 7 }, { 1, 2, 3, 4, 5, 6 } }), tensor(new long[,] { { 0, 0, 0, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1 } }));

        var alone = model.forward(tensor(new long[,] { { 5, 6, 7 } }));

        Assert.True(padded[0, 3..].allclose(alone[0], 1e-4, 1e-4));
        Assert.True(padded[1].allclose(model.forward(tensor(new long[,] { { 1, 2, 3, 4, 5, 6 } }))[0], 1e-4, 1e-4));
    }

    /// <summary>A random model with two blocks of two key heads, four numbers each.</summary>
    private static CausalModel Context(int positions)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ModelFixtures.Folder("llama-gqa-tied"), "config.json")))!.AsObject();
        config["max_position_embeddings"] = positions;
        return ModelFolder.CreateCausal(ModelConfig.From(config), ScalarType.Float32, CPU, seed: 1);
    }

    private static void AssertRefused(GenerationRequest request, string message)
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-gqa-tied"));

        var error = Assert.Throws<InvalidInputException>(() => TextGenerator.Run(model, null, [request]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Recomputes every prefix from nothing. A difference counts unless the first differing choice hangs on less than <paramref name="nearTie"/>.</summary>
    private static (List<int> Differing, int NearTies) CompareWithRecomputation(
        CausalModel model, GenerationRequest[] requests, IReadOnlyList<GenerationResult> results, int[] endIds, double nearTie = NearTie)
    {
        var differing = new List<int>();
        var nearTies = 0;
        using var noGrad = no_grad();
        for (var i = 0; i < requests.Length; i++)
        {
            var (prompt, options, tokens) = (requests[i].Prompt, requests[i].Options, results[i].Tokens);
            using var scope = NewDisposeScope();
            // One pass over prompt and result gives the logits before every token of the result.
            var logits = model.forward(tensor(prompt.Concat(tokens).Select(id => (long)id).ToArray()).unsqueeze(0))[0];
            for (var t = 0; t < tokens.Count; t++)
            {
                var row = logits[prompt.Count - 1 + t].data<float>().ToArray();
                var (expected, margin) = ReferenceSampler.Choose(row, options, prompt.Concat(tokens.Take(t)), SeededUniform.At(options.Seed, t));
                if (expected == tokens[t]) continue;
                if (margin < nearTie) nearTies++;
                else differing.Add(i);
                break;
            }
            var isEnded = endIds.Contains(tokens[^1]);
            Assert.Equal(isEnded ? FinishReason.EndOfText : FinishReason.Length, results[i].Reason);
            if (!isEnded) Assert.Equal(Math.Min(options.MaxNewTokens, model.Config.ContextLength - prompt.Count), tokens.Count);
            Assert.DoesNotContain(tokens.SkipLast(1), endIds.Contains);
        }
        return (differing, nearTies);
    }

    private static GenerationRequest[] Requests(int vocabulary, int count, int maxPrompt, int newTokens, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new GenerationRequest
            {
                Prompt = [.. Enumerable.Range(0, random.Next(1, maxPrompt + 1)).Select(_ => random.Next(vocabulary))],
                Options = Styles[i % Styles.Length] with { Seed = i, MaxNewTokens = newTokens },
            }),
        ];
    }

    private static long ResidentBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
}
