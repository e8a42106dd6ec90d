using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Layers;

public sealed class LinearProductTests
{
    // Shapes that may go by convolution on this processor, blocks of 16, 32, 48 and 64 outputs and what is left over, and one that never does.
    [Theory]
    [InlineData(4, 128, 192, 256, true)]
    [InlineData(4, 256, 200, 129, false)]
    [InlineData(2, 256, 256, 200, true)]
    [InlineData(1, 512, 1024, 256, false)]
    [InlineData(4, 256, 256, 1024, false)]
    [InlineData(5, 131, 200, 1000, true)]
    public void Of_AnyShape_GivesTheProductAndItsGradients(int batch, int time, int inputs, int outputs, bool hasBias)
    {
        using var scope = NewDisposeScope();
        using var threads = new Threads(2);   // on one thread oneDNN would not be asked
        var (input, weight, bias) = (Leaf(1, batch, time, inputs), Leaf(2, outputs, inputs), hasBias ? Leaf(3, outputs) : null);
        Tensor?[] exact = [Wide(input), Wide(weight), Wide(bias)];
        var upstream = Leaf(4, batch, time, outputs).detach();

        var output = LinearProduct.Of(input, weight, bias);
        var expected = nn.functional.linear(exact[0]!, exact[1]!, exact[2]);
        output.backward([upstream]);
        expected.backward([upstream.to(ScalarType.Float64)]);

        AssertClose(expected, output);
        foreach (var (wide, narrow) in exact.Zip([input, weight, bias])) if (wide is not null) AssertClose(wide.grad!, narrow!.grad!);
    }

    [Fact]
    public void Of_SlicesAndTransposedWeights_AreReadAsTheyLie()
    {
        using var scope = NewDisposeScope();
        using var threads = new Threads(2);
        var input = Leaf(1, 1024, 300).detach().narrow(1, 40, 200);
        var weight = Leaf(2, 200, 136).detach().t();

        var output = LinearProduct.Of(input, weight);

        AssertClose(nn.functional.linear(Wide(input)!, Wide(weight)!), output);
    }

    [Fact]
    public void Of_ManyTimes_LeavesNoTensorBehind()
    {
        using var threads = new Threads(2);
        using var input = Leaf(1, 1024, 192);
        using var weight = Leaf(2, 128, 192);
        var before = Tensor.TotalCount;

        for (var i = 0; i < 10; i++) LinearProduct.Of(input, weight).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Of_LargeProduct_AgreesWithLinear(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var threads = new Threads(2);
        var (input, weight, bias) = (Leaf(1, 1024, 192).detach().to(dtype), Leaf(2, 256, 192).detach().to(dtype), Leaf(3, 256).detach().to(dtype));

        var output = LinearProduct.Of(input, weight, bias);

        Assert.Equal(dtype, output.dtype);
        AssertClose(nn.functional.linear(Wide(input)!, Wide(weight)!, Wide(bias)), output, dtype == ScalarType.BFloat16 ? 1e-2 : 1e-6);
    }

    private static Tensor Leaf(long seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed)).requires_grad_();

    private static Tensor? Wide(Tensor? tensor) => tensor?.detach().to(ScalarType.Float64).requires_grad_();

    /// <summary>Within a share of the largest number there is.</summary>
    private static void AssertClose(Tensor expected, Tensor actual, double share = 1e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = expected.sub(actual.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.InRange(difference, 0, share * expected.abs().max().item<double>());
    }

    private sealed class Threads : IDisposable
    {
        private readonly int before = get_num_threads();

        public Threads(int count) => set_num_threads(count);

        public void Dispose() => set_num_threads(before);
    }
}
