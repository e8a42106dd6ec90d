using System.Text.Json;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// Parses the JSON header of a safetensors file, https://github.com/huggingface/safetensors#format, and holds it to the format:
/// <code>{"__metadata__":{"format":"pt"},"lm_head.weight":{"dtype":"BF16","shape":[512,64],"data_offsets":[0,65536]}}</code>
/// </summary>
/// <remarks>A type that cannot be read is no fault of the header: its tensor must still fit into the file, but is refused only when it is read.</remarks>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    // libtorch's own limit in reductions; beyond it nothing useful can be meant.
    private const int MaxDimensions = 64;

    public required OrderedDictionary<string, SafetensorsEntry> Entries { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Parses and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="dataStart">Where the tensors begin in the file; offsets in the header count from there.</param>
    /// <param name="dataSize">How many bytes of tensors the file holds.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string file, long dataStart, long dataSize)
    {
        var header = StrictJson.Read(json, $"{file}: the header", (ref Utf8JsonReader reader) => ParseObject(ref reader, file, dataStart, dataSize));
        CheckLayout(header.Entries.Values, file, dataStart, dataSize);
        return header;
    }

    private static SafetensorsHeader ParseObject(ref Utf8JsonReader reader, string file, long dataStart, long dataSize)
    {
        var seen = new HashSet<string>();
        var entries = new OrderedDictionary<string, SafetensorsEntry>();
        IReadOnlyDictionary<string, string> metadata = new Dictionary<string, string>();
        while (StrictJson.NextKey(ref reader, $"{file}: the header", seen, out var key))
        {
            if (key == MetadataKey) metadata = StrictJson.Texts(ref reader, $"{file}: {MetadataKey}");
            else entries.Add(key, ParseEntry(ref reader, key, file, dataStart, dataSize));
        }
        return new SafetensorsHeader { Entries = entries, Metadata = metadata };
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name, string file, long dataStart, long dataSize)
    {
        var tensor = $"{file}: tensor {MessageText.Quote(name)}";
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ModelFileException($"{tensor} is not a JSON object with dtype, shape and data_offsets.");

        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        var seen = new HashSet<string>();
        while (StrictJson.NextKey(ref reader, tensor, seen, out var key))
        {
            if (key == "dtype") dtype = StrictJson.Text(ref reader, $"{tensor}: dtype");
            else if (key == "shape") shape = Counts(ref reader, $"{tensor}: shape", MaxDimensions);
            else if (key == "data_offsets") offsets = Counts(ref reader, $"{tensor}: data_offsets", maxCount: 2);
            else reader.Skip(); // the reference library passes over what it does not know, too
        }

        if (dtype is null || shape is null || offsets is null)
        {
            var lacking = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw new ModelFileException($"{tensor} has no {lacking}; expected dtype, shape and data_offsets.");
        }
        if (offsets is not [var begin, var end] || begin > end)
            throw new ModelFileException($"{tensor} has data_offsets {MessageText.Shape(offsets)}; expected a begin and an end that is not before it.");
        if (end > dataSize)
            throw new ModelFileException($"{tensor} ends at byte {end} of the data, but the file holds {dataSize}; it is cut off or its header lies.");
        CheckSize(tensor, dtype, shape, end - begin);
        return new SafetensorsEntry { Name = name, DType = dtype, Shape = shape, OffsetBytes = dataStart + begin, SizeBytes = end - begin };
    }

    private static long[] Counts(ref Utf8JsonReader reader, string what, int maxCount)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new ModelFileException($"{what} is not a JSON array.");
        var counts = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var count) || count < 0)
                throw new ModelFileException($"{what} holds something other than whole numbers from 0 to {long.MaxValue}.");
            if (counts.Count == maxCount) throw new ModelFileException($"{what} holds more than {maxCount} numbers.");
            counts.Add(count);
        }
        return [.. counts];
    }

    private static void CheckSize(string tensor, string dtype, long[] shape, long sizeBytes)
    {
        // Zeros count as ones while looking for an overflow: libtorch multiplies the other sizes into strides.
        UInt128 product = 1;
        foreach (var size in shape)
        {
            product *= (UInt128)Math.Max(size, 1);
            if (product > long.MaxValue / 8)
                throw new ModelFileException($"{tensor} has shape {MessageText.Shape(shape)}, more elements than any file can hold.");
        }
        if (SafetensorsDType.SizeBytesOf(dtype) is not { } elementBytes) return;

        var expected = shape.Contains(0) ? 0 : (long)product * elementBytes;
        if (expected == sizeBytes) return;
        throw new ModelFileException($"{tensor} takes {sizeBytes} bytes, but {MessageText.Quote(dtype)} of shape {MessageText.Shape(shape)} needs {expected}.");
    }

    /// <summary>The format wants every byte to belong to exactly one tensor, so that nothing can hide in a file.</summary>
    private static void CheckLayout(IEnumerable<SafetensorsEntry> entries, string file, long dataStart, long dataSize)
    {
        var covered = dataStart;
        foreach (var entry in entries.OrderBy(entry => entry.OffsetBytes).ThenBy(entry => entry.SizeBytes))
        {
            if (entry.OffsetBytes != covered)
            {
                var fault = entry.OffsetBytes < covered ? "overlaps the one before it" : "leaves a hole before it";
                throw new ModelFileException(
                    $"{file}: tensor {MessageText.Quote(entry.Name)} {fault}: it begins at byte {entry.OffsetBytes - dataStart} of the data; "
                    + $"expected {covered - dataStart}.");
            }
            covered += entry.SizeBytes;
        }
        if (covered != dataStart + dataSize)
        {
            throw new ModelFileException(
                $"{file}: the tensors end at byte {covered - dataStart} of the data, but the file holds {dataSize}; expected nothing after the last tensor.");
        }
    }
}
