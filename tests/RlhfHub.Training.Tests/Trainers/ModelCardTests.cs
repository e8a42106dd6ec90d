using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class ModelCardTests : IDisposable
{
    private readonly RunSample runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Execute_FinishedRun_SaysWhatWasDoneFromWhatWithWhichData()
    {
        var run = runs.Make("run", "classify", new() { ["max_steps"] = 2 });
        TrainingRun.Execute(run, TimeProvider.System);

        var card = File.ReadAllText(Path.Combine(run, "output", "README.md"));

        var folder = RunFolder.Open(run);
        Assert.StartsWith("---\nbase_model: \"../base\"\nlibrary_name: \"transformers\"\npipeline_tag: \"text-classification\"\n", card, StringComparison.Ordinal);
        Assert.Contains("\n  kind: \"classify\"\n  seed: 42\n", card, StringComparison.Ordinal);
        Assert.Contains("\n    max_steps: 2\n", card, StringComparison.Ordinal);
        Assert.Contains("\n    learning_rate: 5.0E-05\n", card, StringComparison.Ordinal);
        Assert.All(RunSpec.Read(folder).Data, file => Assert.Contains($"sha256: \"{file.Sha256}\"", card, StringComparison.Ordinal));
        Assert.Contains("| eval_f1 | ", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_NamesThatYamlAndMarkdownUse_AreQuoted()
    {
        var spec = new RunSpec { Kind = "classify", BaseModel = "a: \"b\"\n#c", Seed = -1 };
        var metrics = new Dictionary<string, double> { ["eval_f1/a|b: #\U0001F600"] = double.NaN, ["eval_loss"] = 1e-7, ["loss"] = 2 };

        var card = ModelCard.Text(spec, new JsonObject { ["labels"] = new JsonArray("yes", "no: 1"), ["lora"] = new JsonObject(), ["rate"] = 3.0, ["list"] = new JsonArray(), ["none"] = null, ["on"] = true }, metrics, RunResult.Figures, model: null);

        Assert.Contains("base_model: \"a: \\\"b\\\"\\u000A#c\"\n", card, StringComparison.Ordinal);
        Assert.Contains("    labels:\n      - \"yes\"\n      - \"no: 1\"\n    lora: {}\n    rate: 3.0\n    list: []\n    none: null\n    \"on\": true\n", card, StringComparison.Ordinal);
        Assert.Contains("    \"eval_f1/a|b: #\U0001F600\": .nan\n    eval_loss: 1.0E-07\n", card, StringComparison.Ordinal);
        Assert.Contains("| eval_f1/a\\|b: #\U0001F600 | NaN |\n| eval_loss | 1E-07 |\n", card, StringComparison.Ordinal);
        Assert.DoesNotContain("| loss |", card, StringComparison.Ordinal);
    }
}
