using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>Labelled texts or conversations: <c>{"text": "Thank you!", "label": "polite"}</c>, with 'messages', or 'prompt' and perhaps 'completion', in place
/// of 'text', and 'labels' for several.</summary>
public static class Classification
{
    /// <summary>Labelled texts or conversations.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "classification",
        DisplayName = "Classification",
        Description = "Texts or conversations and their labels. A label that is a number becomes its digits.",
        ExampleLine = """{"text": "Thank you!", "label": "polite"}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Classification],
        Fields = ["text", "messages", "prompt", "completion", "label", "labels"],
        LooksLike = json => json.HasAny("label", "labels") && json.HasAny("text", "messages", "prompt"),
        Read = record => [record.Complete(Read(record))],
        Write = (writer, example) => Write(writer, (ClassificationExample)example),
    };

    private static ClassificationExample Read(JsonRecord record)
    {
        string[] subjects = [.. new[] { "text", "messages", "prompt" }.Where(record.Has)];
        if (subjects.Length != 1) throw new BadRecordException("expected exactly one of 'text', 'messages' and 'prompt' beside the label");
        foreach (var absent in new[] { "text", "messages", "prompt", "completion" }.Where(name => !record.Has(name))) record.Take(absent);
        if (record.Has("completion") && subjects[0] != "prompt")
            throw new BadRecordException("'completion' is there without a 'prompt'; expected both or none");
        var labels = Labels(record);
        if (subjects[0] == "text") return new(record.Text("text"), [], labels);
        if (subjects[0] == "messages") return new(null, record.Messages("messages"), labels);
        var prompt = record.Prompt("prompt");
        return new(null, record.Has("completion") ? [.. prompt, new(Message.Assistant, record.Reply("completion"))] : prompt, labels);
    }

    private static ValueList<string> Labels(JsonRecord record)
    {
        if (record.Has("label") && record.Has("labels")) throw new BadRecordException("'label' and 'labels' are both there; expected one of the two");
        var name = record.Has("label") ? "label" : "labels";
        var value = record.Take(name);
        record.Take(name == "label" ? "labels" : "label");
        return value switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select((item, i) => Label(item, $"{name}[{i}]")).ToValueList(),
            { } one => [Label(one, name)],
            null => throw JsonRecord.Missing("label", "a text or a list of texts"),
        };
    }

    private static string Label(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw JsonRecord.Wrong(name, value, "a text or a number"),
    };

    private static void Write(JsonExampleWriter writer, ClassificationExample example)
    {
        if (example.Text is not null) writer.Text("text", example.Text);
        else writer.Messages("messages", example.Prompt);
        if (example.Labels is [var only])
        {
            writer.Text("label", only);
            return;
        }
        writer.Json.WriteStartArray("labels");
        foreach (var label in example.Labels) JsonText.Write(writer.Json, label);
        writer.Json.WriteEndArray();
    }
}
