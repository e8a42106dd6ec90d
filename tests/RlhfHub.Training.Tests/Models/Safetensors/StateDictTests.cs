using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

public sealed class StateDictTests : IDisposable
{
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Load_FittingSource_FillsParametersInTheirOwnType()
    {
        SafetensorsWriter.Write(sample.Path(), [new("weight", tensor([1.5f, -2f])), new("bias", tensor([3f]))]);
        var weight = nn.Parameter(zeros(2, ScalarType.BFloat16));
        var bias = nn.Parameter(zeros(1));

        SafetensorsSample.AssertNoTensorsLeft(() =>
        {
            using var file = SafetensorsFile.Open(sample.Path());
            StateDict.Load(file, new Dictionary<string, Tensor> { ["weight"] = weight, ["bias"] = bias });
        });

        Assert.Equal([1.5f, -2f], weight.to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal(3f, bias.item<float>());
        Assert.True(weight.requires_grad);
    }

    [Fact]
    public void Load_EveryKindOfMisfit_ListsAllAndCopiesNothing()
    {
        SafetensorsWriter.Write(sample.Path(), [new("fits", ones(2)), new("wide", ones(2, 3)), new("whole", ones(1, ScalarType.Int64)), new("more", ones(1))]);
        using var file = SafetensorsFile.Open(sample.Path());
        var fits = zeros(2);
        var wide = zeros(3, 2);
        var whole = zeros(1);
        var targets = new Dictionary<string, Tensor> { ["fits"] = fits, ["wide"] = wide, ["whole"] = whole, ["b.absent"] = whole, ["a.absent"] = whole };

        var error = Assert.Throws<ModelFileException>(() => StateDict.Load(file, targets));

        Assert.Equal(
            $"{sample.Path()} does not fit the model: 2 tensors are missing: 'a.absent', 'b.absent'; 1 tensor is unexpected: 'more'; "
            + "1 tensor is of another shape: 'wide' ([2, 3], expected [3, 2]); 1 tensor is of a type that does not fit: 'whole' ('I64' into Float32).",
            error.Message);
        Assert.Equal(0f, fits.sum().item<float>());
    }

    [Fact]
    public void Load_UnreadableType_IsFoundBeforeCopying()
    {
        const string Header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[4,5]}}""";
        using var file = SafetensorsFile.Open(sample.WriteFile(Header, 5));
        var a = ones(1);
        var b = ones(1);

        var error = Assert.Throws<ModelFileException>(() => StateDict.Load(file, new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b }));

        Assert.EndsWith("1 tensor is of a type that does not fit: 'b' ('F8_E5M2' into Float32).", error.Message);
        Assert.Equal(1f, a.item<float>());
    }

    [Fact]
    public void Load_ToleratedNames_AreLeftAlone()
    {
        SafetensorsWriter.Write(sample.Path(), [new("weight", ones(1)), new("layers.0.rotary_emb.inv_freq", ones(4))]);
        using var file = SafetensorsFile.Open(sample.Path());
        var weight = zeros(1);
        var head = full(1, 5f);

        StateDict.Load(
            file, new Dictionary<string, Tensor> { ["weight"] = weight, ["lm_head.weight"] = head },
            mayBeMissing: name => name == "lm_head.weight", mayBeUnexpected: name => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal));

        Assert.Equal(1f, weight.item<float>());
        Assert.Equal(5f, head.item<float>());
    }

    [Fact]
    public void Load_HundredMissing_ListsTwenty()
    {
        SafetensorsWriter.Write(sample.Path(), []);
        using var file = SafetensorsFile.Open(sample.Path());
        var tensor = zeros(1);
        var targets = Enumerable.Range(100, 100).ToDictionary(number => $"w{number}", _ => tensor);

        var error = Assert.Throws<ModelFileException>(() => StateDict.Load(file, targets));

        Assert.Contains("100 tensors are missing: 'w100', 'w101'", error.Message);
        Assert.EndsWith("'w119' and 80 more.", error.Message);
    }
}
