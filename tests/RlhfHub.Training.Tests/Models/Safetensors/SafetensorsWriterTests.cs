using System.Text;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Write_TwoTensors_EqualsTheFileMadeByHand()
    {
        var small = tensor(new byte[] { 7, 8, 9 });
        var wide = tensor(new[] { 1f, -2f }).reshape(1, 2);

        SafetensorsWriter.Write(sample.Path(), [new("ü\"small\"", small), new("wide", wide)], new Dictionary<string, string> { ["format"] = "pt" });

        // The float comes first, so that it lies aligned; 3 spaces bring the data to a multiple of 8.
        const string Header = """{"__metadata__":{"format":"pt"},"wide":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"ü\"small\"":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";
        var padding = new string(' ', (8 - (Encoding.UTF8.GetByteCount(Header) % 8)) % 8);
        byte[] data = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 7, 8, 9];
        Assert.Equal(SafetensorsSample.Assemble(Header + padding, data), File.ReadAllBytes(sample.Path()));
    }

    [Fact]
    public void Write_NothingAtAll_IsAFile()
    {
        SafetensorsWriter.Write(sample.Path(), []);

        Assert.Equal(SafetensorsSample.Assemble("{}      ", []), File.ReadAllBytes(sample.Path()));
    }

    [Fact]
    public void Write_ViewsAndTiedWeights_WritesWhatTheyShow()
    {
        var weights = arange(6, dtype: ScalarType.Float32).reshape(2, 3).requires_grad_();
        var transposed = weights.t();
        var row = weights.select(0, 1);

        SafetensorsWriter.Write(sample.Path(), [new("weights", weights), new("tied", weights), new("transposed", transposed), new("row", row)]);

        using var file = SafetensorsFile.Open(sample.Path());
        Assert.Equal([0f, 1, 2, 3, 4, 5], Floats(file, "tied"));
        Assert.Equal([0f, 3, 1, 4, 2, 5], Floats(file, "transposed"));
        Assert.Equal([3f, 4, 5], Floats(file, "row"));
    }

    [Fact]
    public void Write_ReadFile_IsTheSameFileAgain()
    {
        var tensors = SafetensorsSample.EveryType();
        SafetensorsWriter.Write(sample.Path("first"), tensors, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        using var file = SafetensorsFile.Open(sample.Path("first"));
        var read = file.Entries.Keys.Select(name => KeyValuePair.Create(name, file.Read(name))).ToList();

        SafetensorsWriter.Write(sample.Path("second"), read, file.Metadata);

        Assert.Equal(File.ReadAllBytes(sample.Path("first")), File.ReadAllBytes(sample.Path("second")));
    }

    [Fact]
    public void Write_DiskTooSmall_LeavesTheOldFileAndNothingElse()
    {
        File.WriteAllText(sample.Path(), "old");
        var one = zeros(1, ScalarType.Byte);
        var huge = one.expand(1L << 45); // 35 TB that take one byte of memory

        var error = Assert.Throws<IOException>(() => SafetensorsWriter.Write(sample.Path(), [new("huge", huge)]));

        Assert.StartsWith($"{sample.Path()} could not be written (351843", error.Message);
        Assert.Equal("old", File.ReadAllText(sample.Path()));
        Assert.Single(Directory.GetFileSystemEntries(sample.Folder));
    }

    [Fact]
    public void Write_FolderAbsent_ThrowsIOException()
    {
        var path = Path.Combine(sample.Folder, "absent", "model.safetensors");

        Assert.StartsWith($"{path} could not be written", Assert.Throws<IOException>(() => SafetensorsWriter.Write(path, [])).Message);
    }

    [Fact]
    public void Write_WhatTheFormatLacks_Throws()
    {
        var fine = zeros(1);
        var complex = zeros(1, ScalarType.ComplexFloat32);
        var dataless = zeros(1, device: META);

        AssertRefused([new("a", fine), new("a", fine)], "The name 'a' is given to two tensors.");
        AssertRefused([new("__metadata__", fine)], "'__metadata__' is reserved by the format");
        AssertRefused([new("c", complex)], "Tensor 'c' is of type ComplexFloat32; expected one of F64");
        AssertRefused([new("m", dataless)], "Tensor 'm' is sparse or has no data");
        Assert.Empty(Directory.GetFileSystemEntries(sample.Folder));
    }

    private void AssertRefused(KeyValuePair<string, Tensor>[] tensors, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(sample.Path(), tensors)).Message);

    private static float[] Floats(SafetensorsFile file, string name)
    {
        var tensor = file.Read(name);
        return tensor.data<float>().ToArray();
    }
}
