using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

/// <summary>One file of tests/fixtures/losses: tensors named case/field.</summary>
internal sealed class LossFixture : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly string name;

    private LossFixture(string file, string name)
    {
        this.file = SafetensorsFile.Open(PathOf(file));
        this.name = name;
    }

    public static LossFixture Open(string file, string name) => new(file, name);

    public static TheoryData<string> Cases(string file) => new(CaseNames(file));

    public static string[] CaseNames(string file)
    {
        using var opened = SafetensorsFile.Open(PathOf(file));
        return [.. opened.Entries.Keys.Select(key => key[..key.IndexOf('/', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal)];
    }

    public Tensor this[string field] => file.Read($"{name}/{field}");

    public bool Has(string field) => file.Entries.ContainsKey($"{name}/{field}");

    public double Number(string field) => this[field].item<double>();

    public long Count(string field) => this[field].item<long>();

    public Tensor Leaf(string field) => this[field].requires_grad_();

    public void Dispose() => file.Dispose();

    /// <summary>Values agree to 1e-6.</summary>
    public void AssertValue(string field, Tensor actual) => AssertClose(field, this[field], actual, 1e-6);

    public void AssertValue(string field, double actual) => Assert.Equal(Number(field), actual, 1e-6);

    public void AssertMetrics(IReadOnlyDictionary<string, double> metrics)
    {
        foreach (var (key, value) in metrics) AssertValue(key, value);
    }

    /// <summary>The gradient that a backward pass left agrees to 1e-5.</summary>
    public void AssertGradient(string field, Tensor leaf) => AssertClose($"grad.{field}", this[$"grad.{field}"], leaf.grad ?? zeros_like(leaf), 1e-5);

    private static void AssertClose(string what, Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0) return;
        if (expected.dtype != ScalarType.Float64)
        {
            Assert.True(expected.eq(actual).all().item<bool>(), what);
            return;
        }
        var error = (expected - actual).abs().max().item<double>();
        Assert.True(error <= tolerance, $"{what} is off by {error:0.0e+0}");   // NaN fails too
    }

    private static string PathOf(string file) => Repository.Fixture("losses", $"{file}.safetensors");
}
