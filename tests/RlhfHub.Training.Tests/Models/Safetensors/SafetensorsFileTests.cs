using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Read_EveryType_ReturnsTheSameBits()
    {
        var tensors = SafetensorsSample.EveryType();
        SafetensorsWriter.Write(sample.Path(), tensors);

        using var file = SafetensorsFile.Open(sample.Path());

        Assert.Equal(tensors.Count, file.Entries.Count);
        foreach (var (name, expected) in tensors)
        {
            var actual = file.Read(name);
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.Equal(expected.shape, actual.shape);
            Assert.True(expected.bytes.SequenceEqual(actual.bytes), name);
        }
    }

    [Fact]
    public void Open_HandMadeFile_KnowsEntriesAndMetadata()
    {
        const string Header = """{"__metadata__":{"format":"pt","note":"zwölf"},"b":{"dtype":"F16","shape":[2],"data_offsets":[4,8]},"a":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}}""";

        using var file = SafetensorsFile.Open(sample.WriteFile(Header, dataBytes: 8));

        Assert.Equal(["b", "a"], file.Entries.Keys);
        Assert.Equal(file.Entries["a"].OffsetBytes + 4, file.Entries["b"].OffsetBytes);
        Assert.Empty(file.Entries["a"].Shape);
        Assert.Equal("F16", file.Entries["b"].DType);
        Assert.Equal(new Dictionary<string, string> { ["format"] = "pt", ["note"] = "zwölf" }, file.Metadata);
    }

    [Fact]
    public void Open_NoTensors_IsEmpty()
    {
        using var file = SafetensorsFile.Open(sample.WriteFile("{}", dataBytes: 0));

        Assert.Empty(file.Entries);
        Assert.Empty(file.Metadata);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Read_AnotherType_ConvertsAsTorchDoes(ScalarType type)
    {
        var weights = arange(3_000_000, dtype: ScalarType.Float32).div(7).to(ScalarType.Float16); // more than one slice
        SafetensorsWriter.Write(sample.Path(), [KeyValuePair.Create("w", weights)]);
        using var file = SafetensorsFile.Open(sample.Path());

        var read = file.Read("w", type);

        var expected = weights.to(type);
        Assert.Equal(type, read.dtype);
        Assert.True(expected.bytes.SequenceEqual(read.bytes));
    }

    [Fact]
    public void CopyTo_TransposedDestination_FillsItsElements()
    {
        var weights = arange(12, dtype: ScalarType.Float32).reshape(3, 4);
        SafetensorsWriter.Write(sample.Path(), [KeyValuePair.Create("w", weights)]);
        using var file = SafetensorsFile.Open(sample.Path());
        var parameter = zeros(4, 3, requires_grad: true);
        var transposed = parameter.t();

        file.CopyTo("w", transposed);

        Assert.Equal([0f, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], parameter.data<float>().ToArray());
    }

    [Fact]
    public void CopyTo_RowOfALargerTensor_LeavesItsNeighboursAlone()
    {
        SafetensorsWriter.Write(sample.Path(), [KeyValuePair.Create("w", ones(3))]);
        using var file = SafetensorsFile.Open(sample.Path());
        var table = zeros(3, 3);
        var middle = table.select(0, 1);

        file.CopyTo("w", middle);

        Assert.Equal([0f, 0, 0, 1, 1, 1, 0, 0, 0], table.data<float>().ToArray());
    }

    [Fact]
    public void Read_UnreadableTypeBesideOthers_RefusesOnlyThatTensor()
    {
        const string Header = """{"scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[4,6]}}""";
        using var file = SafetensorsFile.Open(sample.WriteFile(Header, dataBytes: 6));

        var scale = file.Read("scale");
        var error = Assert.Throws<ModelFileException>(() => file.Read("w"));

        Assert.Contains("tensor 'w' is of type 'F8_E4M3', which cannot be read; expected one of F64, F32", error.Message);
    }

    [Fact]
    public void Read_BoolOtherThanZeroAndOne_Throws()
    {
        const string Header = """{"mask":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""";
        using var file = SafetensorsFile.Open(sample.WriteBytes(SafetensorsSample.Assemble(Header, [1, 2])));

        var error = Assert.Throws<ModelFileException>(() => file.Read("mask"));

        Assert.Contains("tensor 'mask' is of type 'BOOL' but holds bytes other than 0 and 1", error.Message);
    }

    [Fact]
    public void Read_FileCutOffAfterOpening_Throws()
    {
        using var file = SafetensorsFile.Open(sample.WriteFile("""{"w":{"dtype":"U8","shape":[9000],"data_offsets":[0,9000]}}""", dataBytes: 9000));
        Truncate(sample.Path(), 100);

        var error = Assert.Throws<ModelFileException>(() => file.Read("w"));

        Assert.Contains("became shorter while it was read", error.Message);
    }

    [Fact]
    public void CopyTo_UnknownNameOrWrongShape_SaysWhich()
    {
        using var file = SafetensorsFile.Open(sample.WriteFile("""{"w":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}""", dataBytes: 6));
        var destination = zeros(3, 2, ScalarType.Byte);

        Assert.EndsWith("holds no tensor 'v'.", Assert.Throws<ModelFileException>(() => file.Read("v")).Message);
        Assert.EndsWith("tensor 'w' has shape [2, 3]; expected [3, 2].", Assert.Throws<ModelFileException>(() => file.CopyTo("w", destination)).Message);
    }

    [Fact]
    public void Read_InAnyWay_LeavesNoTensors()
    {
        var tensors = SafetensorsSample.EveryType();
        SafetensorsSample.AssertNoTensorsLeft(() =>
        {
            SafetensorsWriter.Write(sample.Path(), tensors);
            using var file = SafetensorsFile.Open(sample.Path());
            using var transposed = zeros(8, 31);
            using var view = transposed.t();
            file.CopyTo("f16", view);
            foreach (var (name, tensor) in tensors)
            {
                file.Read(name).Dispose();
                file.Read(name, tensor.is_floating_point() ? ScalarType.Float64 : ScalarType.Int64).Dispose();
                file.CopyTo(name, tensor);
            }
        });
    }

    [Fact]
    public void Read_ConvertedInsideAScope_KeepsTheFileUsableOutsideIt()
    {
        SafetensorsWriter.Write(sample.Path(), [KeyValuePair.Create("w", ones(3))]);
        using var file = SafetensorsFile.Open(sample.Path());
        using (NewDisposeScope()) file.Read("w", ScalarType.Float64);

        var again = file.Read("w", ScalarType.Float64);

        Assert.Equal(3, again.sum().item<double>());
    }

    [TestDataFact("stories260K")]
    public void Open_RealModel_ReadsEveryTensor()
    {
        using var file = SafetensorsFile.Open(Path.Combine(TestData.Folder("stories260K"), "model.safetensors"));

        var embedding = file.Read("model.embed_tokens.weight");

        Assert.Equal([512, 64], embedding.shape);
        Assert.Equal("pt", file.Metadata["format"]);
        foreach (var name in file.Entries.Keys)
        {
            var tensor = file.Read(name);
            var isFinite = tensor.isfinite().all();
            Assert.True(isFinite.item<bool>(), name);
        }
    }

    private static void Truncate(string path, long length)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.SetLength(handle, length);
    }
}
