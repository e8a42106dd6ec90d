using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>One row of a table as an example, and back.</summary>
internal sealed class TableRow(string[] header, string[] cells)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonFormat.MaxDepth };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = JsonFormat.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The example; throws <see cref="BadRecordException"/>.</summary>
    public Example Read(ColumnMapping columns, ExampleKind kind)
    {
        Example example = kind switch
        {
            ExampleKind.Text => new TextExample(Cell(columns.Text)),
            ExampleKind.Prompt => new PromptExample(Prompt(Cell(columns.Prompt))),
            ExampleKind.Demonstration => new DemonstrationExample(Prompt(Cell(columns.Prompt)), Cell(columns.Completion)),
            ExampleKind.Preference => new PreferenceExample(Prompt(Cell(columns.Prompt)), Cell(columns.Chosen), Cell(columns.Rejected), Margin(columns)),
            ExampleKind.Unpaired => new UnpairedExample(Prompt(Cell(columns.Prompt)), Cell(columns.Completion), IsGood(columns)),
            ExampleKind.Ranking => new RankingExample(Prompt(Cell(columns.Prompt)), Texts(columns.Responses!).Select(text => new Reply(text)).ToValueList(), Places(columns.Ranking!)),
            _ => Labelled(columns),
        };
        var extra = ReadExtra(columns);
        return Common(columns, example, ref extra) with { Extra = extra };
    }

    private Example Common(ColumnMapping columns, Example example, ref ExtraFields extra)
    {
        var tags = JsonOf(Cell(columns.Tags)) is { } list && CommonFields.ReadTags(list) is { } read ? read : null;
        if (tags is null && Cell(columns.Tags).Length > 0) extra = extra.With(columns.Tags!, Cell(columns.Tags));
        var origins = JsonOf(Cell(columns.Origins)) is { } named ? CommonFields.ReadOrigins(named, example.Replies.Count) : null;
        if (origins is null && Cell(columns.Origins).Length > 0) extra = extra.With(columns.Origins!, Cell(columns.Origins));
        return new CommonFields("", NameOrNull(columns.Id), tags ?? [], NameOrNull(columns.Source), NameOrNull(columns.Split), origins).Apply(example);
    }

    private string? NameOrNull(string? column) => Cell(column) is { Length: > 0 } name ? name : null;

    private ExtraFields ReadExtra(ColumnMapping columns)
    {
        var extra = ExtraFields.None;
        if (Cell(columns.Extra) is { Length: > 0 } json)
            extra = JsonOf(json) is { ValueKind: JsonValueKind.Object } fields ? ExtraFields.From(fields) : throw new BadRecordException($"'{columns.Extra}' is {Brief(json)}; expected a JSON object");
        string[] known = [.. columns.Names];
        for (var i = 0; i < header.Length; i++)
            if (!known.Contains(header[i])) extra = extra.With(header[i], cells[i]);
        return extra;
    }

    private ClassificationExample Labelled(ColumnMapping columns)
    {
        var prompt = Prompt(Cell(columns.Prompt));
        var text = Cell(columns.Text);
        if (prompt.Count > 0 && text.Length > 0)
            throw new BadRecordException($"'{columns.Text}' and '{columns.Prompt}' both hold something; expected one of the two");
        var label = Cell(columns.Label);
        ValueList<string> labels = StringList(label) ?? [label];
        return prompt.Count > 0 ? new(null, prompt, labels) : new(text, [], labels);
    }

    private double? Margin(ColumnMapping columns)
    {
        var cell = Cell(columns.Margin);
        if (cell.Length == 0) return null;
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var margin) && double.IsFinite(margin)
            ? margin
            : throw new BadRecordException($"'{columns.Margin}' is {Brief(cell)}; expected a finite number such as 1.5, or nothing");
    }

    private bool IsGood(ColumnMapping columns) => Cell(columns.Label).ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new BadRecordException($"'{columns.Label}' is {Brief(Cell(columns.Label))}; expected true, false, 1 or 0"),
    };

    private IEnumerable<string> Texts(string column) =>
        StringList(Cell(column)) ?? throw new BadRecordException($"'{column}' is {Brief(Cell(column))}; expected a JSON list of texts");

    private ValueList<int> Places(string column)
    {
        var wrong = new BadRecordException($"'{column}' is {Brief(Cell(column))}; expected a JSON list of whole numbers, 1 for the best");
        if (JsonOf(Cell(column)) is not { ValueKind: JsonValueKind.Array } list) throw wrong;
        return list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var place) ? place : throw wrong).ToValueList();
    }

    private string Cell(string? column) => column is null ? "" : cells[Array.IndexOf(header, column)];

    private static string Brief(string cell) => JsonFormat.Snippet(JsonSerializer.SerializeToElement(cell));

    /// <summary>Columns and cells for an example, the same columns for every one of its kind.</summary>
    public static IReadOnlyList<(string Column, string Content)> Cells(Example example)
    {
        List<(string, string)> cells = example switch
        {
            TextExample text => [("text", text.Text)],
            PromptExample prompt => [("prompt", PromptCell(prompt.Prompt))],
            DemonstrationExample shown => [("prompt", PromptCell(shown.Prompt)), ("completion", shown.Completion.Text)],
            PreferenceExample pair =>
            [
                ("prompt", PromptCell(pair.Prompt)), ("chosen", pair.Chosen.Text), ("rejected", pair.Rejected.Text),
                ("margin", pair.Margin?.ToString("R", CultureInfo.InvariantCulture) ?? ""),
            ],
            UnpairedExample unpaired => [("prompt", PromptCell(unpaired.Prompt)), ("completion", unpaired.Completion.Text), ("label", unpaired.Label ? "true" : "false")],
            RankingExample ranking =>
            [
                ("prompt", PromptCell(ranking.Prompt)), ("responses", Json(json => WriteTexts(json, ranking.Responses.Select(reply => reply.Text)))),
                ("ranking", $"[{string.Join(",", ranking.Ranking)}]"),
            ],
            ClassificationExample labelled => [("text", labelled.Text ?? ""), ("prompt", PromptCell(labelled.Prompt)), ("label", StringListCell(labelled.Labels))],
            _ => throw new InvalidOperationException($"{example.Kind} has no columns."),
        };
        cells.AddRange(
        [
            ("id", example.Id ?? ""), ("tags", example.Tags.Count == 0 ? "" : Json(json => WriteTexts(json, example.Tags))),
            ("source", example.Source ?? ""), ("split", example.Split ?? ""),
            ("origins", example.Replies.Any(reply => reply.Origin is not null) ? Json(json => CommonFields.WriteOrigins(json, example.Replies)) : ""),
            ("extra", example.Extra.Count == 0 ? "" : Json(json => WriteExtra(json, example.Extra))),
        ]);
        return cells;
    }

    // A cell that itself reads as a list of messages would be taken for one: it goes out as a list of one message.
    private static string PromptCell(ValueList<Message> prompt) => prompt switch
    {
        [] => "",
        [{ Role: Message.User, Content: { Length: > 0 } text }] when MessageList(text) is null => text,
        _ => Json(json => WriteMessages(json, prompt)),
    };

    private static ValueList<Message> Prompt(string cell) => cell.Length == 0 ? [] : MessageList(cell) ?? [new(Message.User, cell)];

    private static ValueList<Message>? MessageList(string cell)
    {
        if (!cell.StartsWith('[') || JsonOf(cell) is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0) return null;
        var isList = list.EnumerateArray().All(item =>
            item.ValueKind == JsonValueKind.Object && item.EnumerateObject().Count() == 2 && item.HasText("role") && item.HasText("content"));
        return isList
            ? list.EnumerateArray().Select(item => new Message(item.GetProperty("role").GetString()!, item.GetProperty("content").GetString()!)).ToValueList()
            : null;
    }

    private static string StringListCell(ValueList<string> labels) =>
        labels is [var only] && StringList(only) is null ? only : Json(json => WriteTexts(json, labels));

    private static ValueList<string>? StringList(string cell) =>
        cell.StartsWith('[') && JsonOf(cell) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? list.EnumerateArray().Select(item => item.GetString()!).ToValueList()
            : null;

    /// <summary>A cell as JSON; null where it is none, or holds half a character.</summary>
    private static JsonElement? JsonOf(string cell)
    {
        if (cell.Length == 0) return null;
        try
        {
            var bytes = Encoding.UTF8.GetBytes(cell);
            if (JsonFormat.HasHalfCharacter(bytes)) return null;
            using var document = JsonDocument.Parse(bytes, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable)) write(json);
        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts) JsonText.Write(json, text);
        json.WriteEndArray();
    }

    private static void WriteMessages(Utf8JsonWriter json, ValueList<Message> messages)
    {
        json.WriteStartArray();
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WritePropertyName("content");
            JsonText.Write(json, message.Content);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteExtra(Utf8JsonWriter json, ExtraFields extra)
    {
        json.WriteStartObject();
        foreach (var (name, value) in extra)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
