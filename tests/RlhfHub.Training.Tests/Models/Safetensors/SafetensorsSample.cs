using System.Buffers.Binary;
using System.Text;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models.Safetensors;

/// <summary>A temporary folder for files made by hand or by the writer, and a scope for the test's own tensors; both are gone after the test.</summary>
public sealed class SafetensorsSample : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public string Folder { get; } = Directory.CreateTempSubdirectory("rlhfhub-safetensors-").FullName;

    public string Path(string name = "model.safetensors") => System.IO.Path.Combine(Folder, name);

    public string WriteBytes(byte[] bytes, string name = "model.safetensors")
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    /// <summary>A file with this header, its true length before it and the data behind it.</summary>
    public string WriteFile(string header, int dataBytes, string name = "model.safetensors") => WriteBytes(Assemble(header, new byte[dataBytes]), name);

    public static byte[] Assemble(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    /// <summary>One tensor of each type with random bits, so that bf16 and f16 hold NaNs with payloads, and shapes with a scalar and an empty one among them.</summary>
    public static List<KeyValuePair<string, Tensor>> EveryType(int seed = 1)
    {
        var random = new Random(seed);
        (string Name, ScalarType Type, long[] Shape)[] kinds =
        [
            ("bool", ScalarType.Bool, [5]), ("u8", ScalarType.Byte, [3, 7]), ("i8", ScalarType.Int8, [2, 2, 2]), ("i16", ScalarType.Int16, [9]),
            ("i32", ScalarType.Int32, []), ("i64", ScalarType.Int64, [1, 4]), ("f16", ScalarType.Float16, [31, 8]), ("bf16", ScalarType.BFloat16, [64, 4]),
            ("f32", ScalarType.Float32, [6, 1]), ("f64", ScalarType.Float64, [3]), ("empty", ScalarType.Float32, [0, 4]),
        ];
        return [.. kinds.Select(kind => KeyValuePair.Create(kind.Name, RandomBits(random, kind.Type, kind.Shape)))];
    }

    /// <summary>Fails if the action leaves tensors alive to the finalizer or to a scope.</summary>
    public static void AssertNoTensorsLeft(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        action();

        Assert.Equal(before, Tensor.TotalCount);
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static Tensor RandomBits(Random random, ScalarType type, long[] shape)
    {
        var tensor = empty(shape, type);
        var bytes = tensor.bytes;
        random.NextBytes(bytes);
        if (type == ScalarType.Bool)
        {
            foreach (ref var value in bytes) value &= 1;
        }
        return tensor;
    }
}
