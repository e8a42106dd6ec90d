using System.Text.Json.Nodes;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;
using RlhfHub.Training.Models.Safetensors;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>PPO with adapters: policy, reference and reward models on one base in memory.</summary>
public sealed class SharedBaseTests : IDisposable
{
    private static readonly int[][] Texts = [[5, 6, 7, 8], [9, 10, 11], [12, 13, 14, 15, 16, 17]];

    private readonly TemporaryFolder folder = new();

    public SharedBaseTests()
    {
        RunSample.WriteBaseModel(folder["base"], embeddingScale: 15);
        foreach (var method in PeftMethods.All)
        {
            using var classifier = ModelFolder.StartClassifier(folder["base"], ["reward"], 0, seed: 5);
            using var adapter = Attach(classifier, method.Name);
            Randomise(adapter);
            adapter.Save(folder[$"reward-{method.Name}"], folder["base"]);
        }
        using var causal = ModelFolder.LoadCausal(folder["base"]);
        using var start = Attach(causal, "lora");
        Randomise(start);
        start.Save(folder["start"], folder["base"]);
    }

    public static TheoryData<string> Methods => [.. PeftMethods.All.Select(method => method.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Score_RewardAdapterOnThePolicysBase_IsThatOfAModelOfItsOwn(string method)
    {
        using var alone = ModelFolder.StartClassifier(folder["base"], ["reward"], 0, seed: 99);
        using var adapter = PeftMethods.Load(alone, folder[$"reward-{method}"]);
        var expected = SequenceScorer.Scores(alone, Texts).Select(scores => scores[0]).ToArray();

        WithModels(method, null, models =>
        {
            Assert.Equal(expected, models.Score(Texts, 16));
            Randomise(models.Policy.Adapter!);
            Assert.Equal(expected, models.Score(Texts, 16));
            Assert.Equal(expected, models.HeldOutScore(Texts, 16));
        });
        Assert.True(expected.Distinct().Count() == Texts.Length);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Score_RewardAdapterOnThePolicysBase_LeavesThePolicyAsItWas(string method)
    {
        using var scope = NewDisposeScope();
        using var causal = ModelFolder.LoadCausal(folder["base"]);
        using var alone = Attach(causal, "lora");
        var names = alone.Saved.Select(item => $"base_model.model.{item.Name}").Order().ToArray();
        var ids = tensor(new long[,] { { 5, 6, 7, 8 } });

        WithModels(method, null, models =>
        {
            var policy = models.Policy;
            Assert.Equal(causal.parameters().Count(), policy.Model.parameters().Count());
            Assert.Equal(alone.parameters().Sum(parameter => parameter.numel()), policy.Parameters.Size);
            Randomise(policy.Adapter!);
            var before = models.Model.forward(ids);

            models.Score(Texts, 16);
            Assert.True(models.Model.forward(ids).allclose(before, 0, 0));
            Assert.Throws<InvalidInputException>(() => models.Score([[1_000_000]], 16));
            Assert.True(models.Model.forward(ids).allclose(before, 0, 0));
            Assert.True(policy.Adapter!.IsEnabled);
            Assert.All(models.Model.modules().OfType<Linear>(), layer => Assert.True(layer.Extensions.Count <= 1));

            policy.Save(folder[$"saved-{method}"]);
            using var saved = SafetensorsFile.Open(Path.Combine(folder[$"saved-{method}"], "adapter_model.safetensors"));
            Assert.Equal(names, saved.Entries.Keys.Order());
        });
    }

    [Fact]
    public void ReferenceLogProbabilities_AdapterThatHasLearned_AreThoseOfTheStart() => WithModels("lora", "../start", models =>
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reply = new GenerationRequest { Prompt = [5, 6, 7], Options = new() { MaxNewTokens = 4, IgnoresEnd = true } };
        var rollout = new Rollout([[5, 6, 7]], TextGenerator.Run(models.Model, null, [reply]), 4, 0, CPU);
        var rows = tensor(new long[] { 0 });
        var atStart = models.Evaluate(rollout, rows, 1).Statistics.LogProbabilities;

        Assert.True(models.ReferenceLogProbabilities(rollout, rows, 1).allclose(atStart, 0, 0));
        Randomise(models.Policy.Adapter!);

        Assert.False(models.Evaluate(rollout, rows, 1).Statistics.LogProbabilities.allclose(atStart, 1e-3, 1e-3));
        Assert.True(models.ReferenceLogProbabilities(rollout, rows, 1).allclose(atStart, 0, 0));
    });

    /// <summary>Loads the models of a run whose policy is a LoRA, and whose reward model and held-out one are adapters of some method.</summary>
    private void WithModels(string reward, string? start, Action<PpoModels> test)
    {
        var run = RunFolder.Create(folder[$"run-{reward}"]);
        JsonObject given = new() { ["peft_method"] = "lora", ["lora"] = new JsonObject { ["target_modules"] = new JsonArray("all-linear") }, ["reward_model_path"] = $"../reward-{reward}", ["held_out_reward_model_path"] = $"../reward-{reward}" };
        new RunSpec { Kind = "ppo", BaseModel = "../base", Adapter = start, Options = given, Device = "cpu", Data = [] }.Write(run);
        using var session = new RunSession(run, RunSpec.Read(run), TimeProvider.System);
        var options = session.Spec.BindOptions<PpoOptions>(run);
        var parts = new RunInputs(session);
        session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize);
        using var models = new PpoModels(session, parts, options);
        test(models);
    }

    private static Adapter Attach(LanguageModel model, string method) =>
        PeftMethods.Find(method)!.Attach(model, method == "lora" ? new LoraOptions { TargetModules = ["all-linear"] } : new HeadOptions());

    private static void Randomise(Adapter adapter)
    {
        using var noGrad = no_grad();
        foreach (var parameter in adapter.parameters()) parameter.add_(randn_like(parameter), 0.3);
    }
}
