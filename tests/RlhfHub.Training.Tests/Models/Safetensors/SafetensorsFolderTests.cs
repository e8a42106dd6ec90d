using System.Text.Json;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

public sealed class SafetensorsFolderTests : IDisposable
{
    private const string IndexName = "model.safetensors.index.json";
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Write_SmallModel_IsOneFileWithItsFormat()
    {
        var tensors = SafetensorsSample.EveryType();

        SafetensorsFolderWriter.Write(sample.Folder, tensors);

        Assert.Equal([sample.Path()], Directory.GetFiles(sample.Folder));
        using var folder = SafetensorsFolder.Open(sample.Folder);
        Assert.Equal("pt", Assert.Single(folder.Files).Metadata["format"]);
        AssertSame(tensors, folder);
    }

    [Fact]
    public void Write_LargerThanAShard_SplitsAndIndexes()
    {
        List<KeyValuePair<string, Tensor>> tensors = [new("a", ones(10)), new("big", ones(100)), new("b", ones(10)), new("c", ones(15)), new("d", ones(1))];

        SafetensorsFolderWriter.Write(sample.Folder, tensors, maxShardBytes: 100);

        // 40 | 400 alone, although above the limit | 40 + 60 | 4
        using var index = JsonDocument.Parse(File.ReadAllText(sample.Path(IndexName)));
        Assert.Equal(544, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        Assert.Equal(
            ["a 00001-of-00004", "b 00003-of-00004", "big 00002-of-00004", "c 00003-of-00004", "d 00004-of-00004"],
            index.RootElement.GetProperty("weight_map").EnumerateObject().Select(item => $"{item.Name} {item.Value.GetString()![6..^12]}"));
        Assert.Equal(5, Directory.GetFiles(sample.Folder).Length);
        using var folder = SafetensorsFolder.Open(sample.Folder);
        Assert.Equal(["a", "big", "b", "c", "d"], folder.Entries.Keys);
        AssertSame(tensors, folder);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData(IndexName)]
    [InlineData("model-00002-of-00002.safetensors")]
    public void Write_FolderWithWeights_RefusesAndTouchesNothing(string existing)
    {
        File.WriteAllText(sample.Path(existing), "not ours");
        var tensor = ones(10);

        var error = Assert.Throws<IOException>(() => SafetensorsFolderWriter.Write(sample.Folder, [new("a", tensor), new("b", tensor)], maxShardBytes: 40));

        Assert.EndsWith($"already holds {existing}; expected a folder without weights.", error.Message);
        Assert.Equal("not ours", File.ReadAllText(Assert.Single(Directory.GetFiles(sample.Folder))));
    }

    [Fact]
    public void Write_SecondShardFails_RemovesTheFirst()
    {
        File.WriteAllText(sample.Path("config.json"), "{}");
        var small = ones(10);
        var huge = small.select(0, 0).expand(1L << 43);

        Assert.Throws<IOException>(() => SafetensorsFolderWriter.Write(sample.Folder, [new("a", small), new("b", huge)]));

        Assert.Equal([sample.Path("config.json")], Directory.GetFileSystemEntries(sample.Folder));
    }

    [Fact]
    public void Open_AnotherStem_ReadsAnAdapter()
    {
        var tensor = ones(2);
        SafetensorsFolderWriter.Write(sample.Folder, [new("lora_A", tensor)], stem: "adapter_model");

        using var folder = SafetensorsFolder.Open(sample.Folder, "adapter_model");

        Assert.Equal(["lora_A"], folder.Entries.Keys);
    }

    [Fact]
    public void Open_TensorThatTheIndexDoesNotName_IsLeftOut()
    {
        sample.WriteFile("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "x.safetensors");
        WriteIndex("""{"weight_map":{"a":"x.safetensors"}}""");

        using var folder = SafetensorsFolder.Open(sample.Folder);

        Assert.Equal(["a"], folder.Entries.Keys);
        Assert.EndsWith("holds no tensor 'b'.", Assert.Throws<ModelFileException>(() => folder.Read("b")).Message);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"absent.safetensors"}}""", "names the file 'absent.safetensors', which is not in the folder")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","z":"x.safetensors"}}""", "places tensor 'z' in 'x.safetensors', which does not hold it")]
    [InlineData("""{"weight_map":{"a":"../x.safetensors"}}""", "places tensor 'a' in '../x.safetensors'; expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":"..\\x.safetensors"}}""", "expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":"/etc/x.safetensors"}}""", "expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":"C:x.safetensors"}}""", "expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":"pytorch_model.bin"}}""", "expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":"x.safetensors\u0000"}}""", "expected the name of a .safetensors file in the same folder")]
    [InlineData("""{"weight_map":{"a":1}}""", "weight_map, 'a', is not a string")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}""", "has the key 'a' twice")]
    [InlineData("""{"weight_map":[]}""", "weight_map is not a JSON object")]
    [InlineData("""{"metadata":{"total_size":1}}""", "has no 'weight_map'")]
    [InlineData("""[]""", "is not a JSON object")]
    [InlineData("""{""", "is not valid JSON")]
    public void Open_BrokenIndex_SaysWhat(string index, string expected)
    {
        sample.WriteFile("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "x.safetensors");
        WriteIndex(index);

        var error = Assert.Throws<ModelFileException>(() => SafetensorsFolder.Open(sample.Folder));

        Assert.StartsWith(sample.Path(IndexName), error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Open_OnlyPickledWeights_TellsToConvert()
    {
        File.WriteAllText(sample.Path("pytorch_model.bin"), "");

        Assert.Contains("holds pytorch_model.bin but no model.safetensors; convert the model to safetensors", OpeningFails(sample.Folder));
    }

    [Fact]
    public void Open_NoWeightsOrNoFolder_SaysSo()
    {
        Assert.EndsWith($"holds neither model.safetensors nor {IndexName}.", OpeningFails(sample.Folder));
        Assert.EndsWith("absent does not exist.", OpeningFails(sample.Path("absent")));
    }

    private static string OpeningFails(string folder) => Assert.Throws<ModelFileException>(() => SafetensorsFolder.Open(folder)).Message;

    private void WriteIndex(string json) => File.WriteAllText(sample.Path(IndexName), json);

    private static void AssertSame(List<KeyValuePair<string, Tensor>> tensors, SafetensorsFolder folder)
    {
        foreach (var (name, expected) in tensors)
        {
            using var actual = folder.Read(name);
            Assert.True(expected.bytes.SequenceEqual(actual.bytes), name);
        }
    }
}
