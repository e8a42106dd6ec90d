using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Writes safetensors files as the reference library lays them out. Format: https://github.com/huggingface/safetensors#format.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const long SliceBytes = 16 << 20;

    /// <summary>
    /// Writes a file in slices, without a second copy of the weights. Tensors with larger elements come first, as in the reference library, so that
    /// each lies aligned; otherwise the given order is kept. Tensors that share memory are written once for each name. The file appears under its
    /// name only when it is complete and on the disk.
    /// </summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="tensors">Names and dense tensors on any device.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>, written in ordinal order; transformers wants <c>format</c>: <c>pt</c>.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, or a tensor has a type or layout that the format lacks.</exception>
    /// <exception cref="IOException">The file could not be written; nothing of it is left.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        LittleEndian.Require();
        Check(tensors);
        KeyValuePair<string, Tensor>[] ordered = [.. tensors.OrderByDescending(item => item.Value.element_size())];
        var header = Header(ordered, metadata);
        var sizeBytes = header.Length + ordered.Sum(item => SizeBytes(item.Value));

        using var noGrad = no_grad();
        AtomicFile.Write(path, sizeBytes, handle =>
        {
            RandomAccess.Write(handle, header, 0);
            long offset = header.Length;
            foreach (var (_, tensor) in ordered) offset = WriteTensor(handle, tensor, offset);
        });
    }

    internal static long SizeBytes(Tensor tensor) => tensor.numel() * tensor.element_size();

    internal static void Check(IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        var seen = new HashSet<string>();
        foreach (var (name, tensor) in tensors)
        {
            if (name == SafetensorsHeader.MetadataKey)
                throw new ArgumentException($"'{name}' is reserved by the format and cannot name a tensor.", nameof(tensors));
            if (!seen.Add(name)) throw new ArgumentException($"The name {MessageText.Quote(name)} is given to two tensors.", nameof(tensors));
            var quoted = MessageText.Quote(name);
            if (SafetensorsDType.NameOf(tensor.dtype) is null)
                throw new ArgumentException($"Tensor {quoted} is of type {tensor.dtype}; expected one of {SafetensorsDType.Names}.", nameof(tensors));
            if (tensor.is_sparse || tensor.device_type == TorchSharp.DeviceType.META)
                throw new ArgumentException($"Tensor {quoted} is sparse or has no data; expected a dense tensor.", nameof(tensors));
        }
    }

    /// <summary>The length and the JSON, padded with spaces so that the data begins at a multiple of 8.</summary>
    private static byte[] Header(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var header = new MemoryStream();
        header.Write(new byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(header, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            WriteJson(json, tensors, metadata);
        while (header.Length % Alignment != 0) header.WriteByte((byte)' ');

        var length = header.Length - sizeof(ulong);
        if (length > SafetensorsFile.MaxHeaderBytes)
        {
            throw new ArgumentException(
                $"The names and metadata make a header of {length} bytes; the format allows {SafetensorsFile.MaxHeaderBytes}.", nameof(tensors));
        }
        var bytes = header.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        return bytes;
    }

    private static void WriteJson(
        Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach (var (key, value) in metadata.OrderBy(item => item.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
        }

        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", SafetensorsDType.NameOf(tensor.dtype));
            WriteNumbers(json, "shape", tensor.shape);
            WriteNumbers(json, "data_offsets", [offset, offset += SizeBytes(tensor)]);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static long WriteTensor(SafeFileHandle handle, Tensor tensor, long offset)
    {
        TensorSlices.ForEach(tensor, SliceBytes / tensor.element_size(), slice =>
        {
            // Neither call copies a slice that is already on the CPU and contiguous.
            using var local = slice.cpu();
            using var dense = local.contiguous();
            RandomAccess.Write(handle, dense.bytes, offset);
            offset += SizeBytes(dense);
        });
        return offset;
    }
}
