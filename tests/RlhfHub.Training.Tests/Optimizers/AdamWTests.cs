using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Tests.Losses;
using RlhfHub.Training.Tests.Models;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Tests.Optimizers;

public sealed class AdamWTests
{
    public static TheoryData<string> Quadratics => LossFixture.Cases("quadratics");

    [Theory]
    [MemberData(nameof(Quadratics))]
    public void Step_HundredTimesOnAQuadratic_FollowsPyTorch(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open("quadratics", name);
        var (target, curvature) = (golden["target"], golden["curvature"]);
        var (weight, bias) = (new Parameter(golden["weight"]), new Parameter(golden["bias"]));
        using var flat = new FlatParameters([("weight", weight), ("bias", bias)]);
        using var optimizer = new AdamW(flat, new()
        {
            Beta1 = golden.Number("beta1"),
            Beta2 = golden.Number("beta2"),
            Epsilon = golden.Number("epsilon"),
            WeightDecay = golden.Number("decay"),
            MaxGradientNorm = golden.Number("clip"),
            IsEpsilonUncorrected = golden.Count("is_tensorflow") == 1,
        });
        var schedule = new LearningRateSchedule
        {
            Kind = (ScheduleKind)golden.Count("kind"),
            PeakRate = golden.Number("rate"),
            TotalSteps = 100,
            WarmupSteps = golden.Count("warmup"),
        };

        var losses = new double[100];
        for (var step = 0; step < 100; step++)
        {
            using var inner = NewDisposeScope();
            var gap = weight - target + bias.unsqueeze(1);
            var loss = (curvature * gap * gap).sum() + 0.1 * bias.pow(4).sum();
            loss.backward();
            losses[step] = loss.item<double>();
            optimizer.Step(schedule.At(step));
        }

        golden.AssertValue("losses", tensor(losses));
        golden.AssertValue("final_weight", weight);
        golden.AssertValue("final_bias", bias);
    }

    [Fact]
    public void Step_HundredTimesOnALanguageModel_FollowsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open("language-model", "llama");
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-gqa-tied"));
        using var flat = FlatParameters.Of(model);
        using var optimizer = new AdamW(flat, new() { WeightDecay = golden.Number("decay"), MaxGradientNorm = golden.Number("clip") });
        var schedule = new LearningRateSchedule { Kind = ScheduleKind.Cosine, PeakRate = golden.Number("rate"), TotalSteps = 100, WarmupSteps = golden.Count("warmup") };
        var (ids, labels) = (golden["ids"], golden["labels"]);
        var (expected, norms) = (golden["losses"].data<double>().ToArray(), golden["norms"].data<double>().ToArray());

        for (var step = 0; step < 100; step++)
        {
            using var inner = NewDisposeScope();
            var loss = Loss(model, ids[step % 4], labels[step % 4]);
            loss.backward();
            var norm = optimizer.Step(schedule.At(step));

            AssertRelative(expected[step], loss.item<float>(), $"loss of step {step}");
            AssertRelative(norms[step], norm, $"gradient norm of step {step}", 1e-3);
        }

        static void AssertRelative(double wanted, double actual, string what, double tolerance = 1e-4) =>
            Assert.True(Math.Abs(actual - wanted) <= tolerance * Math.Abs(wanted), $"{what} is {actual}, expected {wanted}");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Load_OfASavedState_ContinuesBitForBit(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var options = new AdamWOptions { WeightDecay = 0.1 };
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-gqa-tied"), dtype: dtype);
        using var flat = FlatParameters.Of(model);
        using var optimizer = new AdamW(flat, options);
        Train(model, optimizer, 0, 7);
        SafetensorsWriter.Write(folder["optimizer.safetensors"], optimizer.State());
        ModelFolder.Save(model, folder["model"]);
        Train(model, optimizer, 7, 12);

        using var resumed = ModelFolder.LoadCausal(folder["model"]);
        using var resumedFlat = FlatParameters.Of(resumed);
        using var resumedOptimizer = new AdamW(resumedFlat, options);
        using (var saved = SafetensorsFile.Open(folder["optimizer.safetensors"])) resumedOptimizer.Load(saved);
        Assert.Equal(7, resumedOptimizer.Steps);
        Train(resumed, resumedOptimizer, 7, 12);

        Assert.Equal(Bytes(flat.Groups[0].Weights), Bytes(resumedFlat.Groups[0].Weights));
        Assert.Equal(Bytes(flat.Groups[0].Master), Bytes(resumedFlat.Groups[0].Master));
        foreach (var ((name, left), (_, right)) in optimizer.State().Zip(resumedOptimizer.State())) Assert.True(left.eq(right).all().item<bool>(), name);
    }

    [Fact]
    public void Load_OfAnotherModelsState_IsRefusedAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var one = new FlatParameters([("a", new Parameter(ones(2)))]);
        using var other = new FlatParameters([("a", new Parameter(ones(3)))]);
        using var saved = new AdamW(one);
        using var optimizer = new AdamW(other);
        SafetensorsWriter.Write(folder["state"], saved.State());
        using var file = SafetensorsFile.Open(folder["state"]);

        Assert.Throws<ModelFileException>(() => optimizer.Load(file));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 12)]
    [InlineData(ScalarType.BFloat16, 14)]
    public void Step_OfManyParameters_IsAHandfulOfOperations(ScalarType dtype, int expected)
    {
        using var scope = NewDisposeScope();
        foreach (var count in new[] { 1, 300 })
        {
            var parameters = Enumerable.Range(0, count).Select(i => ($"p{i}", new Parameter(ones([2, 2], dtype: dtype)))).ToArray();
            using var flat = new FlatParameters(parameters);
            using var optimizer = new AdamW(flat, new() { WeightDecay = 0.1, MaxGradientNorm = 0.1 });
            foreach (var (_, parameter) in parameters) parameter.sum().backward();

            optimizer.Step(0.1);

            Assert.Equal(expected, optimizer.LastOperations);
        }
    }

    [Fact]
    public void Step_InBFloat16_KeepsUpdatesTooSmallForIt()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones([4, 4], dtype: ScalarType.BFloat16));
        using var flat = new FlatParameters([("weight", parameter)]);
        using var optimizer = new AdamW(flat, new() { MaxGradientNorm = 0 });

        // Each step moves a weight by 0.0005; beside 1, bfloat16 has steps of 0.0039 below: alone it would never move.
        for (var step = 0; step < 20; step++)
        {
            parameter.to(ScalarType.Float32).sum().backward();
            optimizer.Step(5e-4);
        }

        Assert.Equal(0.99, flat.Groups[0].Master[0].item<float>(), 1e-5);
        Assert.Equal(0.9883, parameter.to(ScalarType.Float32)[0, 0].item<float>(), 3e-3);
        Assert.True(parameter.to(ScalarType.Float32).lt(1).all().item<bool>());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Step_GradientNotFinite_ChangesNothingButTheGradients(double gradient)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        using var flat = new FlatParameters([("weight", parameter)]);
        using var optimizer = new AdamW(flat);
        parameter.mul(gradient).sum().backward();

        var norm = optimizer.Step(0.1);

        Assert.False(double.IsFinite(norm));
        Assert.Equal(0, optimizer.Steps);
        Assert.Equal([1, 1, 1], parameter.data<float>().ToArray());
        Assert.Equal([0, 0, 0], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Step_ByHand()
    {
        using var scope = NewDisposeScope();
        var (matrix, vector) = (new Parameter(full(1, 1, 2.0, ScalarType.Float64)), new Parameter(full(1, 2.0, ScalarType.Float64)));
        using var flat = new FlatParameters([("matrix", matrix), ("vector", vector)]);
        using var optimizer = new AdamW(flat, new() { WeightDecay = 0.5, MaxGradientNorm = 0, Epsilon = 1 });
        matrix.mul(3).sum().add(vector.mul(3).sum()).backward();

        var norm = optimizer.Step(0.1);

        // The corrected moments of the first step are g and g²: both move by 0.1 · 3 / (3 + 1); the matrix also loses 0.1 · 0.5 of itself.
        Assert.Equal(Math.Sqrt(18), norm, 1e-12);
        Assert.Equal(2 - 0.075, vector.item<double>(), 1e-12);
        Assert.Equal(1.9 - 0.075, matrix.item<double>(), 1e-12);
    }

    private static Tensor Loss(CausalModel model, Tensor ids, Tensor labels)
    {
        var head = model.Head?.weight ?? model.Decoder.EmbeddingWeight;
        return CrossEntropyLoss.FromHidden(model.Decoder.forward(ids), head, labels, CrossEntropyLoss.CountTokens(labels), maxLogits: 200).Loss;
    }

    private static void Train(CausalModel model, AdamW optimizer, int from, int to)
    {
        using var golden = LossFixture.Open("language-model", "llama");
        for (var step = from; step < to; step++)
        {
            using var scope = NewDisposeScope();
            Loss(model, golden["ids"][step % 4], golden["labels"][step % 4]).backward();
            optimizer.Step(0.003);
        }
    }

    private static byte[] Bytes(Tensor tensor) => tensor.bytes.ToArray();
}
