using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Alpaca's instructions: <c>{"instruction": "Add the numbers.", "input": "1 and 2", "output": "3"}</c>, with LLaMA-Factory's 'system' and 'history' (pairs of
/// question and answer) where they are there.
/// Instruction and input become the user's last message, a blank line between them; the input stays an extra field, so that it goes out again as one.
/// https://github.com/tatsu-lab/stanford_alpaca.
/// </summary>
public static class Alpaca
{
    private const string Between = "\n\n";

    /// <summary>Instructions and outputs.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "alpaca",
        DisplayName = "Alpaca",
        Description = "Instructions, perhaps with an input, and their output. Earlier turns go into 'history', so they must be pairs of user and assistant after at most one system message.",
        ExampleLine = """{"instruction": "Add the numbers.", "input": "1 and 2", "output": "3"}""",
        FileEndings = [".json", ".jsonl"],
        Kinds = [ExampleKind.Demonstration],
        Fields = ["instruction", "input", "output", "system", "history"],
        LooksLike = json => json.HasText("instruction") && json.HasText("output"),
        Read = record => [Read(record)],
        Write = (writer, example) => Write(writer, (DemonstrationExample)example),
    };

    private static Example Read(JsonRecord record)
    {
        var (instruction, input, output) = (record.Text("instruction"), record.OptionalText("input"), record.Text("output"));
        if (instruction.Length == 0) throw new BadRecordException("'instruction' is empty; expected what is to be done");
        var prompt = new List<Message>();
        if (record.OptionalText("system") is { Length: > 0 } system) prompt.Add(new(Message.System, system));
        prompt.AddRange(History(record));
        prompt.Add(new(Message.User, string.IsNullOrEmpty(input) ? instruction : instruction + Between + input));
        var example = record.Complete(new DemonstrationExample(prompt.ToValueList(), output));
        return string.IsNullOrEmpty(input) ? example : example with { Extra = example.Extra.With("input", input) };
    }

    private static IEnumerable<Message> History(JsonRecord record)
    {
        if (record.Take("history") is not { } history) yield break;
        if (history.ValueKind != JsonValueKind.Array) throw JsonRecord.Wrong("history", history, "a list of pairs [question, answer]");
        foreach (var pair in history.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String))
                throw JsonRecord.Wrong("history", pair, "pairs [question, answer] of texts");
            yield return new(Message.User, pair[0].GetString()!);
            yield return new(Message.Assistant, pair[1].GetString()!);
        }
    }

    private static void Write(JsonExampleWriter writer, DemonstrationExample example)
    {
        var system = example.Prompt is [{ Role: Message.System }, ..] ? example.Prompt[0].Content : null;
        if (system is "") throw writer.CannotCarry("takes an empty system message for none");
        Message[] turns = [.. example.Prompt.Skip(system is null ? 0 : 1)];
        var alternates = turns.Length % 2 == 1 && turns.Index().All(turn => turn.Item.Role == (turn.Index % 2 == 0 ? Message.User : Message.Assistant));
        if (!alternates) throw writer.CannotCarry("takes turns of user and assistant that alternate and end with the user, after at most one system message");

        var (instruction, input) = Split(writer, turns[^1].Content, example.Extra["input"]);
        if (instruction.Length == 0) throw writer.CannotCarry("takes no empty instruction");
        writer.Text("instruction", instruction);
        writer.Text("input", input);
        writer.Text("output", example.Completion.Text);
        if (system is not null) writer.Text("system", system);
        if (turns.Length == 1) return;
        writer.Json.WriteStartArray("history");
        for (var i = 0; i < turns.Length - 1; i += 2)
        {
            writer.Json.WriteStartArray();
            JsonText.Write(writer.Json, turns[i].Content);
            JsonText.Write(writer.Json, turns[i + 1].Content);
            writer.Json.WriteEndArray();
        }
        writer.Json.WriteEndArray();
    }

    private static (string Instruction, string Input) Split(JsonExampleWriter writer, string content, JsonElement? kept)
    {
        if (kept is not { ValueKind: JsonValueKind.String } text || text.GetString() is not { Length: > 0 } input) return (content, "");
        if (!content.EndsWith(Between + input, StringComparison.Ordinal)) return (content, "");
        writer.ExtraIsWritten("input");
        return (content[..^(Between.Length + input.Length)], input);
    }
}
