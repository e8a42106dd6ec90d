using System.Text.Json.Nodes;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>What must not change a step: how its examples are cut into passes, padded or packed, and what is kept for the backward pass.</summary>
public sealed class InvarianceTests : IDisposable
{
    private const int Count = 32;
    private const int Steps = 4;

    private readonly RunSample runs = new();

    /// <summary>Options that compute the same steps in another way.</summary>
    public static TheoryData<string> SameSteps =>
    [
        """{"per_device_train_batch_size": 8, "gradient_accumulation_steps": 4}""",
        """{"per_device_train_batch_size": 4, "gradient_accumulation_steps": 8}""",
        """{"per_device_train_batch_size": 1, "gradient_accumulation_steps": 32}""",
        """{"gradient_checkpointing": false}""",
        """{"packing": true}""",
        """{"packing": true, "gradient_checkpointing": false}""",
    ];

    public void Dispose() => runs.Dispose();

    [Theory]
    [MemberData(nameof(SameSteps))]
    public void Execute_SameExamplesInAnotherWay_HasTheSameLossesAndGradients(string options)
    {
        // A step is all examples, however many rows they fill.
        JsonObject Usual() => new() { ["per_device_train_batch_size"] = Count, ["max_steps"] = Steps, ["learning_rate"] = 0.01, ["max_length"] = 48, ["logging_steps"] = 1, ["sample_count"] = 0 };
        var other = Usual();
        foreach (var (name, value) in JsonNode.Parse(options)!.AsObject()) other[name] = value!.DeepClone();

        var expected = Metrics("usual", Usual());
        var actual = Metrics("other", other);

        Assert.Equal((Steps, Steps), (expected.Length, actual.Length));
        for (var step = 0; step < Steps; step++)
        {
            // What differs in a last digit grows with every step.
            var tolerance = step == 0 ? 1e-5 : 1e-3;
            Assert.Equal(expected[step]["loss"], actual[step]["loss"], tolerance * expected[step]["loss"]);
            Assert.Equal(expected[step]["grad_norm"], actual[step]["grad_norm"], tolerance * expected[step]["grad_norm"]);
        }
    }

    [Theory]
    [InlineData("one at a time")]
    [InlineData("more padding")]
    [InlineData("packed")]
    [InlineData("packed, more padding")]
    [InlineData("checkpointed")]
    public void Loss_SameExamplesInAnotherWay_HasTheSameGradients(string way)
    {
        using var model = ModelFolder.LoadCausal(runs.BaseModel);
        var examples = Enumerable.Range(0, 12).Select(i => Sequence(3 + 2 * (i % 6), i)).ToArray();
        // Longer than all others and without anything to learn: it widens the batch, and that is all.
        var widening = Sequence(40, 99) with { LossMask = new bool[40] };
        PackedRow[] single = [.. examples.Select(example => new PackedRow([example]))];
        var packed = Packing.BestFitDecreasing(examples, 30);
        Assert.True(packed.Count < examples.Length / 2);

        var expected = Gradients(model, [single], isPacked: false);
        var actual = way switch
        {
            "one at a time" => Gradients(model, [.. single.Select(row => new[] { row })], isPacked: false),
            "more padding" => Gradients(model, [[.. single, new PackedRow([widening])]], isPacked: false),
            "packed" => Gradients(model, [packed], isPacked: true),
            "packed, more padding" => Gradients(model, [[.. packed, new PackedRow([widening])]], isPacked: true),
            _ => Gradients(model, [single], isPacked: false, isCheckpointed: true),
        };

        Assert.Equal(expected.Loss, actual.Loss, 1e-5);
        foreach (var (name, gradient) in expected.Values)
        {
            using var scope = NewDisposeScope();
            var distance = gradient.sub(actual.Values[name]).norm().item<float>() / gradient.norm().item<float>();
            Assert.True(distance < 1e-5, $"The gradient of {name} is off by {distance:0.0e0} of its length.");
        }
    }

    /// <summary>Loss and gradients of a step that is cut into these passes.</summary>
    private static (double Loss, Dictionary<string, Tensor> Values) Gradients(CausalModel model, IReadOnlyList<IReadOnlyList<PackedRow>> passes, bool isPacked, bool isCheckpointed = false)
    {
        var objective = new SftObjective(model, padId: 0, isPacked) { Train = [], Validation = [] };
        var weight = objective.Weight([.. passes.SelectMany(pass => pass)]);
        model.Decoder.UsesGradientCheckpointing = isCheckpointed;
        model.zero_grad();
        var total = 0.0;
        foreach (var pass in passes)
        {
            using var scope = NewDisposeScope();
            var loss = objective.Loss(pass, weight, new MetricSums());
            loss.backward();
            total += loss.item<float>();
        }
        return (total, model.named_parameters().ToDictionary(item => item.name, item => item.parameter.grad!.clone()));
    }

    private static TokenSequence Sequence(int length, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, length).Select(_ => random.Next(1, 300))], [.. Enumerable.Range(0, length).Select(i => i >= length / 3)], new LinePlace("test", seed));
    }

    private static string Example(int i) => $$"""{"prompt": "What is {{i}}?", "completion": " It is {{string.Join(' ', Enumerable.Repeat(i, 1 + i % 5))}}."}""";

    private IReadOnlyDictionary<string, double>[] Metrics(string name, JsonObject options)
    {
        var run = runs.Make(name, "sft", options, train: RunSample.Lines(0, Count, Example), validation: RunSample.Lines(100, 4, Example));
        TrainingRun.Execute(run, TimeProvider.System);
        return [.. RunSample.EventsOf(run).OfType<MetricEvent>().Where(item => item.Metrics.ContainsKey("loss")).Select(item => item.Metrics)];
    }
}
