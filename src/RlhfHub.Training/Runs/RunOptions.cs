using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>
/// Between annotated option records and JSON under TRL's snake_case names. A record's <c>init</c> properties are its options; their types are
/// <c>bool int long double string</c>, enums, lists of these, and records of the same kind, all of them nullable or not. Where a list
/// of texts is expected, one text alone is a list of one.
/// </summary>
public static class RunOptions
{
    /// <summary>The record that the JSON describes; what is not named keeps the record's default.</summary>
    /// <typeparam name="T">A record that can be made without arguments.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="file">The file they stand in, for messages.</param>
    /// <param name="field">The field of that file that holds them, for messages; empty when it is the file itself.</param>
    /// <exception cref="InvalidInputException">A name is unknown, or a value missing, of the wrong type or out of range; the message has a sentence for each.</exception>
    public static T Bind<T>(JsonObject options, string file, string field = "") where T : class
    {
        var binder = new RecordBinder(RunJson.SnakeCase, file);
        // Numbers that a program put in are of one type; those read from a file fit any that can hold them.
        var record = binder.Bind(typeof(T), JsonNode.Parse(options.ToJsonString())!.AsObject(), field);
        binder.ThrowIfFaulty();
        return (T)record;
    }

    /// <summary>The JSON of a record, with every option: what null or a default means must not change with a later version.</summary>
    public static JsonObject ToJson<T>(T options) where T : class => (JsonObject)JsonSerializer.SerializeToNode(options, options.GetType(), WritableOnly)!;

    private static readonly JsonSerializerOptions WritableOnly = new(RunJson.SnakeCase) { IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}
