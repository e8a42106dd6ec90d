using RlhfHub.Training.Models;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Tests.Models;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Tests.Optimizers;

public sealed class FlatParametersTests
{
    [Fact]
    public void Of_AModel_KeepsItsLogitsAndCollectsItsGradients()
    {
        using var scope = NewDisposeScope();
        var folder = ModelFixtures.Folder("llama-gqa-tied");
        var ids = arange(4, 16, dtype: ScalarType.Int64).unsqueeze(0);
        using var plain = ModelFolder.LoadCausal(folder);
        using var model = ModelFolder.LoadCausal(folder);
        using var flat = FlatParameters.Of(model);

        for (var pass = 0; pass < 2; pass++)   // two micro-batches add up
        {
            plain.forward(ids).square().mean().backward();
            model.forward(ids).square().mean().backward();
        }

        Assert.True(plain.forward(ids).eq(model.forward(ids)).all().item<bool>());
        foreach (var (expected, actual) in plain.parameters().Zip(model.parameters())) Assert.True(expected.grad!.eq(actual.grad!).all().item<bool>());
        Assert.Equal(plain.parameters().Sum(parameter => parameter.grad!.square().sum().item<float>()), flat.Groups[0].Gradients.square().sum().item<float>(), 1e-2);
        Assert.Equal(plain.parameters().Sum(parameter => parameter.numel()), flat.Size);
        flat.CheckAttached();
        flat.ZeroGradients();
        Assert.All(model.parameters(), parameter => Assert.True(parameter.grad!.eq(0).all().item<bool>()));
    }

    [Fact]
    public void Order_OfTheBuffer_DependsOnNamesOnly()
    {
        using var scope = NewDisposeScope();
        (string, Parameter)[] items = [("b", Filled(1, 2)), ("c", Filled(2, 1, 2)), ("a", Filled(3, 1)), ("d", Filled(4, 1, 1))];

        using var flat = new FlatParameters(items.Reverse());

        // Those that decay (two dimensions) first, then by name.
        Assert.Equal([2, 2, 4, 3, 1, 1], flat.Groups.Single().Weights.data<float>().ToArray());
        Assert.Equal(3, flat.Groups.Single().DecayedSize);
    }

    [Fact]
    public void Groups_AreOneAType_AndFrozenParametersStayOut()
    {
        using var scope = NewDisposeScope();
        var frozen = Filled(1, 2);
        frozen.requires_grad = false;
        var half = new Parameter(ones([2], dtype: ScalarType.BFloat16));

        using var flat = new FlatParameters([("frozen", frozen), ("half", half), ("whole", Filled(2, 3))]);

        Assert.Equal([ScalarType.BFloat16, ScalarType.Float32], flat.Groups.Select(group => group.Weights.dtype));
        Assert.Equal([ScalarType.Float32, ScalarType.Float32], flat.Groups.Select(group => group.Master.dtype));
        Assert.Equal(5, flat.Size);
        Assert.Null(frozen.grad);
    }

    [Fact]
    public void CheckAttached_AfterZeroGradOrAMove_SaysWhich()
    {
        using var scope = NewDisposeScope();
        var (left, right) = (Filled(12288, 2), Filled(1, 2));
        using var flat = new FlatParameters([("left", left), ("right", right)]);
        flat.CheckAttached();

        right.grad = null;
        Assert.Contains("right", Assert.Throws<InvalidOperationException>(flat.CheckAttached).Message);
        right.grad = zeros(2);
        Assert.Contains("gradient of right", Assert.Throws<InvalidOperationException>(flat.CheckAttached).Message);
        using (no_grad()) left.set_(ones(2));
        Assert.StartsWith("left", Assert.Throws<InvalidOperationException>(flat.CheckAttached).Message);
        Assert.Equal([12288, 12288, 1, 1], flat.Groups[0].Weights.data<float>().ToArray());
    }

    [Fact]
    public void Dispose_LeavesAModelThatStillWorks()
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("llama-gqa-tied"));
        var ids = arange(4, 10, dtype: ScalarType.Int64).unsqueeze(0);
        var before = model.forward(ids);

        FlatParameters.Of(model).Dispose();

        Assert.True(before.eq(model.forward(ids)).all().item<bool>());
        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Constructor_NothingToTrainOrSameNames_IsRefused()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => new FlatParameters([]));
        Assert.Throws<ArgumentException>(() => new FlatParameters([("a", Filled(1, 1)), ("a", Filled(2, 1))]));
    }

    private static Parameter Filled(double value, params long[] shape) => new(full(shape, value));
}
