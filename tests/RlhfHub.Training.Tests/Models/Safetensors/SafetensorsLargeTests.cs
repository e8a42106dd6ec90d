using System.Text;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

/// <summary>Beyond 2 GiB, where spans and 32-bit offsets end. The file is sparse and the tensor's memory is never touched: they cost milliseconds and a few KB.</summary>
public sealed class SafetensorsLargeTests : IDisposable
{
    private const long Size = (3L << 30) + 1;
    private readonly SafetensorsSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Read_BehindThreeGibibytes_ReturnsTheRightBytes()
    {
        var header = Encoding.UTF8.GetBytes($$"""
            { "first": {"dtype":"U8","shape":[{{Size}}],"data_offsets":[0,{{Size}}]},
              "last": {"dtype":"I8","shape":[2],"data_offsets":[{{Size}},{{Size + 2}}]} }
            """);
        using (var handle = File.OpenHandle(sample.Path(), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(handle, BitConverter.GetBytes((long)header.Length), 0);
            RandomAccess.Write(handle, header, 8);
            RandomAccess.Write(handle, [17, 42], 8 + header.Length + Size);
        }

        using var file = SafetensorsFile.Open(sample.Path());
        var last = file.Read("last");

        Assert.Equal(Size, file.Entries["first"].SizeBytes);
        Assert.Equal([17, 42], last.bytes.ToArray());
    }

    [Fact]
    public void ForEach_TensorOfThreeGibibytes_ReachesItsLastByte()
    {
        var tensor = empty(Size, ScalarType.Byte);
        var last = tensor.narrow(0, Size - 1, 1);
        last.bytes[0] = 42;
        long visited = 0;
        byte seen = 0;

        TensorSlices.ForEach(tensor, maxElements: 16 << 20, slice =>
        {
            visited += slice.numel();
            if (visited == Size) seen = slice.bytes[^1];
        });

        Assert.Equal(Size, visited);
        Assert.Equal(42, seen);
    }

    [Fact]
    public void ForEach_RowsLargerThanASlice_VisitsThemInOrder()
    {
        var tensor = arange(24, dtype: ScalarType.Int64).reshape(2, 3, 4);
        var permuted = tensor.permute(2, 0, 1);
        var expected = permuted.contiguous();
        var values = new List<long>();

        TensorSlices.ForEach(permuted, maxElements: 2, slice =>
        {
            Assert.InRange(slice.numel(), 1, 2);
            using var dense = slice.contiguous();
            values.AddRange(dense.data<long>().ToArray());
        });

        Assert.Equal(expected.data<long>().ToArray(), values);
    }
}
