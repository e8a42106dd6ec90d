using System.Text.Encodings.Web;
using System.Text.Json;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// The index beside the shards of a model, as Hugging Face writes it:
/// <code>{"metadata":{"total_size":4096},"weight_map":{"lm_head.weight":"model-00002-of-00002.safetensors"}}</code>
/// </summary>
internal static class SafetensorsIndex
{
    /// <summary>Reads which shard holds which tensor. Every shard is the name of a safetensors file, never a path.</summary>
    public static OrderedDictionary<string, string> Read(string path)
    {
        byte[] json;
        using (var file = MappedFile.Open(path))
        {
            if (file.SizeBytes > SafetensorsFile.MaxHeaderBytes)
                throw new ModelFileException($"{path} has {file.SizeBytes} bytes; expected at most {SafetensorsFile.MaxHeaderBytes}.");
            json = new byte[file.SizeBytes];
            file.Copy(0, json);
        }

        var shards = StrictJson.Read(json, path, (ref Utf8JsonReader reader) => ParseObject(ref reader, path))
            ?? throw new ModelFileException($"{path} has no 'weight_map'; expected an object of tensor names and files.");
        foreach (var (name, shard) in shards)
        {
            if (!IsFileName(shard))
            {
                throw new ModelFileException(
                    $"{path} places tensor {MessageText.Quote(name)} in {MessageText.Quote(shard)}; "
                    + "expected the name of a .safetensors file in the same folder.");
            }
        }
        return shards;
    }

    /// <summary>Writes an index.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="weightMap">Tensor names and the files they are in.</param>
    /// <param name="totalSizeBytes">The size of all tensors together.</param>
    public static void Write(string path, IReadOnlyDictionary<string, string> weightMap, long totalSizeBytes)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalSizeBytes);
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var (name, shard) in weightMap.OrderBy(item => item.Key, StringComparer.Ordinal)) json.WriteString(name, shard);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        AtomicFile.Write(path, stream.Length, handle => RandomAccess.Write(handle, stream.ToArray(), 0));
    }

    private static OrderedDictionary<string, string>? ParseObject(ref Utf8JsonReader reader, string path)
    {
        OrderedDictionary<string, string>? shards = null;
        var seen = new HashSet<string>();
        while (StrictJson.NextKey(ref reader, path, seen, out var key))
        {
            if (key == "weight_map") shards = StrictJson.Texts(ref reader, $"{path}: weight_map");
            else reader.Skip();
        }
        return shards;
    }

    // Both kinds of slashes and the drive's colon on every system: the same index is good or bad everywhere.
    private static bool IsFileName(string shard) =>
        shard.EndsWith(".safetensors", StringComparison.Ordinal) && shard.AsSpan().IndexOfAny("/\\:") < 0 && !shard.Any(char.IsControl);
}
