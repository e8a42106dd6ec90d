using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;

namespace RlhfHub.Training.Tests.Models.Safetensors;

/// <summary>Files that are not what they should be: each is refused when it is opened, with a sentence that says what is wrong.</summary>
public sealed class SafetensorsFaultTests : IDisposable
{
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Theory]
    [InlineData("""["a"]""", 0, "the header is not a JSON object")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}""", 2, "the header is not valid JSON (around byte")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} x""", 2, "the header is not valid JSON")]
    [InlineData("""{"a":7}""", 0, "tensor 'a' is not a JSON object with dtype, shape and data_offsets")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,2]}}""", 2, "tensor 'a' has no shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2]}}""", 2, "tensor 'a' has no data_offsets")]
    [InlineData("""{"a":{"dtype":8,"shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a': dtype is not a string")]
    [InlineData("""{"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}}""", 2, "tensor 'a': shape is not a JSON array")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}""", 2, "tensor 'a': shape holds something other than whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}""", 2, "tensor 'a': shape holds something other than whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,2]}}""", 2, "tensor 'a': shape holds something other than whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "shape [4294967296, 4294967296], more elements than any file can hold")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "more elements than any file can hold")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0]}}""", 2, "tensor 'a' has data_offsets [0]; expected a begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", 2, "tensor 'a' has data_offsets [2, 0]; expected a begin and an end that is not before it")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1,2]}}""", 2, "tensor 'a': data_offsets holds more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 2, "tensor 'a' ends at byte 3 of the data, but the file holds 2; it is cut off or its header lies")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a' takes 2 bytes, but 'F32' of shape [2] needs 8")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3,
        "tensor 'b' overlaps the one before it: it begins at byte 1 of the data; expected 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5,
        "tensor 'b' leaves a hole before it: it begins at byte 3 of the data; expected 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 5, "the tensors end at byte 2 of the data, but the file holds 5")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, "has the key 'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"I8","shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a' has the key 'dtype' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "has the key '__metadata__' twice")]
    [InlineData("""{"__metadata__":{"format":1}}""", 0, "__metadata__, 'format', is not a string")]
    [InlineData("""{"__metadata__":"pt"}""", 0, "__metadata__ is not a JSON object")]
    [InlineData("""{"\ud800":{}}""", 0, "the header holds half a surrogate pair")]
    public void Open_HeaderThatLies_SaysWhere(string header, int dataBytes, string expected)
    {
        var path = sample.WriteFile(header, dataBytes);

        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith(path, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Open_TooManyDimensions_Throws()
    {
        var header = """{"a":{"dtype":"U8","shape":[SHAPE],"data_offsets":[0,1]}}""".Replace("SHAPE", string.Join(',', Enumerable.Repeat(1, 65)));

        AssertRefused(SafetensorsSample.Assemble(header, [0]), "tensor 'a': shape holds more than 64 numbers");
    }

    [Fact]
    public void Open_NotUtf8_Throws() => AssertRefused([2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0x28], "the header is not valid UTF-8 text");

    [Fact]
    public void Open_EmptyFile_Throws() => AssertRefused([], "is empty");

    [Fact]
    public void Open_ShorterThanItsLength_Throws() => AssertRefused([2, 0, 0], "has 3 bytes; expected a safetensors file");

    [Fact]
    public void Open_CutOffHeader_Throws() => AssertRefused([50, 0, 0, 0, 0, 0, 0, 0, (byte)'{'], "claims a header of 50 bytes, but has only 9 in all; it is cut off");

    [Fact]
    public void Open_AbsurdLength_AllocatesNothingOfIt()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused([0, 0, 0, 0, 0, 0, 0, 0x80, (byte)'{', (byte)'}'], "claims a header of 9223372036854775808 bytes; expected at most 100000000");
        AssertRefused([0, 0xE1, 0xF5, 5, 0, 0, 0, 0, (byte)'{', (byte)'}'], "claims a header of 100000000 bytes, but has only 10 in all");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Open_GitLfsPointer_TellsToPull() =>
        AssertRefused("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"u8.ToArray(), "is a Git LFS pointer, not the weights; run 'git lfs pull'");

    [Fact]
    public void Open_MissingFileOrFolder_Throws()
    {
        Assert.EndsWith("absent.safetensors does not exist.", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(sample.Path("absent.safetensors"))).Message);
        Assert.Contains("could not be opened", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(sample.Folder)).Message);
    }

    [Fact]
    public void Open_NameOfManyLines_KeepsTheMessageShort()
    {
        var name = string.Concat(Enumerable.Repeat("x\\n", 10_000));

        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(sample.WriteFile($$"""{"{{name}}":7}""", 0)));

        Assert.InRange(error.Message.Length, 100, 500);
        Assert.DoesNotContain('\n', error.Message);
    }

    private void AssertRefused(byte[] bytes, string expected)
    {
        var path = sample.WriteBytes(bytes);

        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith(path, error.Message);
        Assert.Contains(expected, error.Message);
    }
}
