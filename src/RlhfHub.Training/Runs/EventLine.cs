using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Data;

namespace RlhfHub.Training.Runs;

/// <summary>Events as lines. Example: <c>{"seq":7,"time":"2026-11-23T07:00:00Z","kind":"metric","step":10,"metrics":{"loss":2.31,"grad_norm":"NaN"}}</c>.</summary>
internal static class EventLine
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["state"] = typeof(StateEvent),
        ["metric"] = typeof(MetricEvent),
        ["sample"] = typeof(SampleEvent),
        ["checkpoint"] = typeof(CheckpointEvent),
        ["log"] = typeof(LogEvent),
        ["error"] = typeof(ErrorEvent),
    };

    /// <summary>The line with its end, in UTF-8.</summary>
    public static byte[] Write(RunEvent item)
    {
        if (item is OtherEvent) throw new ArgumentException("An event of an unknown kind can only be read.", nameof(item));
        return [.. JsonSerializer.SerializeToUtf8Bytes(item, item.GetType(), RunJson.Compact), (byte)'\n'];
    }

    /// <summary>The event of a line without its end.</summary>
    /// <exception cref="RunFolderException">The line is not an event.</exception>
    public static RunEvent Parse(ReadOnlySpan<byte> line, string place)
    {
        var fields = RunJson.Parse<JsonObject>(line, place);
        try
        {
            JsonTexts.Decode(fields);
            var seq = fields["seq"].Deserialize<long>();
            var kind = fields["kind"].Deserialize<string>() ?? throw new RunFolderException($"{place}: 'kind' is missing.");
            var time = fields["time"].Deserialize<DateTimeOffset>().UtcDateTime;
            var item = Kinds.TryGetValue(kind, out var type) ? (RunEvent)fields.Deserialize(type, RunJson.Compact)! : new OtherEvent(kind, fields);
            return item with { Seq = seq, Time = time };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RunFolderException($"{place} is no event: {error.Message}", error);
        }
    }
}
