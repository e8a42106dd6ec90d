using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Battles of Chatbot Arena: <c>{"question_id": "7", "model_a": "m1", "model_b": "m2", "winner": "model_a", "conversation_a": […], "conversation_b": […]}</c>,
/// 'winner' also model_b, tie or tie (bothbad).
/// Each is a ranking of two, a first; that both were bad stays in the extra field 'winner'. https://huggingface.co/datasets/lmsys/chatbot_arena_conversations.
/// </summary>
public static class Arena
{
    private const string BothBad = "tie (bothbad)";

    /// <summary>Battles of two models.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "arena",
        DisplayName = "Arena battles",
        Description = "Battles of two models with a winner, a tie, or both bad. The two conversations may differ in their last message only.",
        ExampleLine = """{"question_id": "7", "model_a": "m1", "model_b": "m2", "winner": "model_a", "conversation_a": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "conversation_b": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Go away."}]}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Ranking],
        IdField = "question_id",
        Fields = ["model_a", "model_b", "winner", "conversation_a", "conversation_b"],
        LooksLike = json => json.HasAll("winner", "conversation_a", "conversation_b"),
        Read = record => [Read(record)],
        Write = (writer, example) => Write(writer, (RankingExample)example),
    };

    private static Example Read(JsonRecord record)
    {
        var (prompt, first, second) = Preference.SplitLast(record.Messages("conversation_a"), "conversation_a", record.Messages("conversation_b"), "conversation_b");
        var winner = record.Text("winner");
        ValueList<int> places = winner switch
        {
            "model_a" => [1, 2],
            "model_b" => [2, 1],
            "tie" or BothBad => [1, 1],
            _ => throw JsonRecord.Wrong("winner", record.Root.GetProperty("winner"), "model_a, model_b, tie or tie (bothbad)"),
        };
        var battle = new RankingExample(prompt, [new(first, Model(record, "model_a")), new(second, Model(record, "model_b"))], places);
        var example = record.Complete(battle);
        return winner == BothBad ? example with { Extra = example.Extra.With("winner", BothBad) } : example;
    }

    private static Origin? Model(JsonRecord record, string field) => record.OptionalText(field) is { Length: > 0 } name ? new(name) : null;

    private static void Write(JsonExampleWriter writer, RankingExample battle)
    {
        if (battle.Responses.Count != 2) throw writer.CannotCarry($"compares two replies, but this example ranks {battle.Responses.Count}");
        var winner = (battle.Ranking[0] - battle.Ranking[1]) switch { < 0 => "model_a", > 0 => "model_b", 0 => "tie" };
        if (winner == "tie" && battle.Extra["winner"] is { ValueKind: JsonValueKind.String } kept && kept.GetString() == BothBad)
        {
            winner = BothBad;
            writer.ExtraIsWritten("winner");
        }
        // Persons go where every format has them; then the models are there as well.
        if (battle.Responses.All(reply => reply.Origin?.Person is null)) writer.OriginsAreWritten();
        for (var i = 0; i < 2; i++)
            if (battle.Responses[i].Origin?.Model is { } model) writer.Text(i == 0 ? "model_a" : "model_b", model);
        writer.Text("winner", winner);
        for (var i = 0; i < 2; i++)
            writer.Messages(i == 0 ? "conversation_a" : "conversation_b", [.. battle.Prompt, new(Message.Assistant, battle.Responses[i].Text)]);
    }
}
