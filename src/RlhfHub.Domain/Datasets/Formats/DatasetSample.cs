using System.Text;
using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>The beginning of a file, as formats look at it to tell whether it is theirs.</summary>
/// <param name="Objects">Its first records, where it is JSON.</param>
/// <param name="Text">Its text, where it is not.</param>
internal sealed record DatasetSample(IReadOnlyList<JsonElement> Objects, string? Text)
{
    private const int MostRecords = 8;

    public static async Task<DatasetSample> ReadAsync(ReadOnlyMemory<byte> beginning, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(beginning.ToArray());
        using var text = new MemoryStream();
        try
        {
            await using var opened = await DatasetStream.OpenAsync(stream, cancellationToken);
            // A compressed beginning breaks off somewhere: what comes before is enough.
            var buffer = new byte[64 * 1024];
            int count;
            while (text.Length < 4 * 1024 * 1024 && (count = await opened.ReadAsync(buffer, cancellationToken)) > 0) text.Write(buffer, 0, count);
        }
        catch (InvalidDataException)
        {
            if (text.Length == 0) return new([], null);
        }
        text.Position = 0;
        var objects = await ObjectsAsync(text, cancellationToken);
        return new(objects, objects.Count > 0 ? null : Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length)));
    }

    private static async Task<List<JsonElement>> ObjectsAsync(Stream text, CancellationToken cancellationToken)
    {
        var objects = new List<JsonElement>();
        using var reader = new JsonRecordReader(text, 4 * 1024 * 1024);
        try
        {
            while (objects.Count < MostRecords && await reader.ReadAsync(cancellationToken))
            {
                if (reader.Bytes is not { } bytes) continue;
                using var document = JsonDocument.Parse(bytes);
                if (document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array) objects.Add(document.RootElement.Clone());
            }
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            // The beginning ends within a record, or is no JSON from here on.
        }
        return objects;
    }
}
