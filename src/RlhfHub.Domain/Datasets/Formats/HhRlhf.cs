using System.Text;
using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Anthropic's hh-rlhf: two transcripts that begin alike, <c>{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi\n\nAssistant: Go
/// away."}</c>. https://github.com/anthropics/hh-rlhf.
/// The turns that both share are the prompt. Where they part before the last turn, a reply is the rest of its transcript as it stands, marks and all.
/// </summary>
public static class HhRlhf
{
    private const string Blank = "\n\n";
    private const string Human = "\n\nHuman:";
    private const string Assistant = "\n\nAssistant:";

    /// <summary>Pairs of transcripts.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "hh-rlhf",
        DisplayName = "hh-rlhf",
        Description = "Pairs of transcripts with the marks Human: and Assistant:. No system messages, and no text that would be read as such a mark.",
        ExampleLine = """{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi\n\nAssistant: Go away."}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Preference],
        Fields = ["chosen", "rejected", "prompt", "margin"],
        LooksLike = json => !json.HasAny("prompt") && IsTranscript(json, "chosen") && IsTranscript(json, "rejected"),
        Read = record => [record.Complete(Read(record))],
        Write = (writer, example) => Write(writer, (PreferenceExample)example),
    };

    private static bool IsTranscript(JsonElement json, string name) =>
        json.HasText(name) && json.GetProperty(name).GetString() is { } text
        && text.StartsWith(Human, StringComparison.Ordinal) && text.Contains(Assistant, StringComparison.Ordinal);

    private static PreferenceExample Read(JsonRecord record)
    {
        if (record.Has("prompt"))
            throw new BadRecordException("'prompt' is there; expected transcripts that begin with it, as TRL's preference format has no marks");
        record.Take("prompt");
        return Split(record.Text("chosen"), record.Text("rejected")) with { Margin = record.OptionalNumber("margin") };
    }

    private static PreferenceExample Split(string chosen, string rejected)
    {
        var (first, second) = (Turns(chosen, "chosen"), Turns(rejected, "rejected"));
        var shared = 0;
        while (shared < first.Count - 1 && shared < second.Count - 1 && first[shared].Message == second[shared].Message) shared++;
        while (shared >= 0 && !(first[shared].Message.Role == Message.Assistant && second[shared].Message.Role == Message.Assistant)) shared--;
        if (shared < 0)
            throw new BadRecordException("'chosen' and 'rejected' share no beginning that an assistant answers; expected two replies to one conversation");
        return new(first.Take(shared).Select(turn => turn.Message).ToValueList(), Rest(chosen, first[shared].Start), Rest(rejected, second[shared].Start));
    }

    private static string Rest(string transcript, int start) => WithoutSpace(transcript[(start + Assistant.Length)..]);

    private static List<(Message Message, int Start)> Turns(string transcript, string name)
    {
        var turns = new List<(Message, int)>();
        var (start, isHuman) = NextMark(transcript, 0);
        if (start != 0) throw new BadRecordException($"'{name}' does not begin with a blank line and \"Human:\" or \"Assistant:\"; expected a transcript");
        while (start >= 0)
        {
            var from = start + (isHuman ? Human : Assistant).Length;
            var (next, isNextHuman) = NextMark(transcript, from);
            turns.Add((new(isHuman ? Message.User : Message.Assistant, WithoutSpace(next < 0 ? transcript[from..] : transcript[from..next])), start));
            (start, isHuman) = (next, isNextHuman);
        }
        return turns;
    }

    private static (int Start, bool IsHuman) NextMark(string text, int from)
    {
        // One pass whatever the text: looking for each mark to the end would take a hostile text quadratic time.
        for (var start = text.IndexOf(Blank, from, StringComparison.Ordinal); start >= 0; start = text.IndexOf(Blank, start + 1, StringComparison.Ordinal))
        {
            if (text.AsSpan(start).StartsWith(Human)) return (start, true);
            if (text.AsSpan(start).StartsWith(Assistant)) return (start, false);
        }
        return (-1, false);
    }

    // The one space after a mark belongs to it; it is missing after an empty turn at times.
    private static string WithoutSpace(string text) => text.StartsWith(' ') ? text[1..] : text;

    private static void Write(JsonExampleWriter writer, PreferenceExample pair)
    {
        var beginning = new StringBuilder();
        foreach (var message in pair.Prompt)
        {
            if (message.Role is not (Message.User or Message.Assistant))
                throw writer.CannotCarry($"has no place for a message of {message.Role}; expected user and assistant only");
            beginning.Append(message.Role == Message.User ? Human : Assistant).Append(' ').Append(message.Content);
        }
        beginning.Append(Assistant).Append(' ');
        var (chosen, rejected) = (beginning + pair.Chosen.Text, beginning + pair.Rejected.Text);
        // Reading what was written is the one check that misses no way in which a text may look like a mark.
        if (!ComesBack(pair, chosen, rejected))
            throw writer.CannotCarry("marks turns by \"Human:\" and \"Assistant:\" after a blank line, and a text of this example would be read as such a mark");
        writer.Text("chosen", chosen);
        writer.Text("rejected", rejected);
        if (pair.Margin is { } margin) writer.Json.WriteNumber("margin", margin);
    }

    private static bool ComesBack(PreferenceExample pair, string chosen, string rejected)
    {
        try
        {
            var read = Split(chosen, rejected);
            return read.Prompt.Equals(pair.Prompt) && read.Chosen.Text == pair.Chosen.Text && read.Rejected.Text == pair.Rejected.Text;
        }
        catch (BadRecordException)
        {
            return false;
        }
    }
}
