using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models;

/// <summary>Every family against the PyTorch reference of tests/fixtures/models: logits, loss, and the gradient of every weight.</summary>
public sealed class GoldenModelTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Cases => new(ModelFixtures.Names);

    [Fact]
    public void Cases_CoverEveryFamily()
    {
        var types = ModelFixtures.Names.Select(name => ModelConfig.Load(ModelFixtures.Folder(name)).ModelType).Distinct();

        Assert.Equal(["gpt2", "gpt_neox", "llama", "mistral", "qwen2", "qwen3"], types.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Model_OfEveryFamily_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        var folder = ModelFixtures.Folder(name);
        using var reference = SafetensorsFile.Open(Path.Combine(folder, "reference.safetensors"));
        var config = ModelConfig.Load(folder);

        using LanguageModel model = config.IsClassifier ? ModelFolder.LoadClassifier(folder) : ModelFolder.LoadCausal(folder);
        var (output, loss, isReal) = Run(model, reference);
        loss.backward();

        var expected = reference.Read("logits");
        if (isReal is not null) (output, expected) = (output.mul(isReal.unsqueeze(-1)), expected.mul(isReal.unsqueeze(-1)));
        AssertClose(expected, output, "logits");
        AssertClose(reference.Read("loss"), loss, "loss");
        var parameters = CheckpointMap.Of(model);
        Assert.Equal(
            parameters.Select(parameter => $"grad.{parameter.Name}").Order(StringComparer.Ordinal),
            reference.Entries.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        foreach (var (key, parameter, isTransposed) in parameters)
        {
            var gradient = parameter.grad!;
            AssertClose(reference.Read($"grad.{key}"), isTransposed ? gradient.t() : gradient, key);
        }
    }

    [Theory]
    [InlineData("llama-gqa-tied")]
    [InlineData("gpt2")]
    [InlineData("neox-parallel")]
    [InlineData("qwen2-labels")]
    public void Save_ThenLoad_GivesTheSameModelUnderTheSameNames(string name)
    {
        using var scope = NewDisposeScope();
        using var saved = new TemporaryFolder();
        var folder = ModelFixtures.Folder(name);
        var config = ModelConfig.Load(folder);
        using LanguageModel model = config.IsClassifier ? ModelFolder.LoadClassifier(folder) : ModelFolder.LoadCausal(folder);

        ModelFolder.Save(model, saved.Path);

        using var before = SafetensorsFolder.Open(folder);
        using var after = SafetensorsFolder.Open(saved.Path);
        Assert.Equal(before.Entries.Keys.Order(), after.Entries.Keys.Order());
        foreach (var key in before.Entries.Keys) Assert.True(before.Read(key).allclose(after.Read(key), 0, 0), key);
        var configs = new[] { folder, saved.Path }.Select(place => JsonNode.Parse(File.ReadAllText(Path.Combine(place, "config.json")))).ToArray();
        Assert.True(JsonNode.DeepEquals(configs[0], configs[1]));
    }

    [Fact]
    public void Load_InBFloat16_StaysNearTheReference()
    {
        using var scope = NewDisposeScope();
        var folder = ModelFixtures.Folder("qwen3");
        using var reference = SafetensorsFile.Open(Path.Combine(folder, "reference.safetensors"));

        using var model = ModelFolder.LoadCausal(folder, dtype: ScalarType.BFloat16);
        var logits = model.forward(reference.Read("input_ids"));

        Assert.Equal(ScalarType.Float32, logits.dtype);
        var expected = reference.Read("logits");
        var error = (logits - expected).norm().item<float>() / expected.norm().item<float>();
        Assert.InRange(error, 1e-4, 0.03);   // bf16 has 8 bits of mantissa; an error of nothing would mean that it was not bf16
    }

    private static (Tensor Output, Tensor Loss, Tensor? IsReal) Run(LanguageModel model, SafetensorsFile reference)
    {
        var ids = reference.Read("input_ids");
        var mask = reference.Entries.ContainsKey("attention_mask") ? reference.Read("attention_mask") : null;
        if (model is CausalModel causal)
        {
            var logits = causal.forward(ids);
            var labels = reference.Read("labels");
            var (time, vocabulary) = (logits.size(1), logits.size(2));
            var loss = nn.functional.cross_entropy(logits.narrow(1, 0, time - 1).reshape(-1, vocabulary), labels.narrow(1, 1, time - 1).reshape(-1), ignore_index: -100);
            return (logits, loss, mask);
        }
        var lengths = mask?.sum(1) ?? full(ids.size(0), ids.size(1), dtype: ScalarType.Int64);
        var scores = ((SequenceClassifier)model).forward(ids, lengths);
        return reference.Entries.ContainsKey("labels")
            ? (scores, nn.functional.cross_entropy(scores, reference.Read("labels")), null)
            : (scores, nn.functional.logsigmoid(scores[0] - scores[1]).neg().mean(), null);
    }

    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        var scale = Math.Max(0.01, expected.abs().max().item<float>());
        var error = (expected - actual).abs().max().item<float>() / scale;
        Assert.True(error <= Tolerance, $"{what} is off by {error:0.0e+0} of its largest value");
    }
}
