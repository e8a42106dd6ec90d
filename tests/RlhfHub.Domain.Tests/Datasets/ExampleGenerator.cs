using System.Text;
using System.Text.Json;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets;

/// <summary>Examples by a seed: tame ones as people write them, or wild ones with every character and mark that could lead a format astray.</summary>
internal sealed class ExampleGenerator(int seed, bool isWild)
{
    private static readonly string[] Marks =
    [
        "\n\nHuman:", "\n\nAssistant: ", "\n\nHuman", "Human: ", "\n\n", "\r", "\n", "\r\n", "\u0085", "\u2028", "\u2029", "\"", "\"\"", ",", "\t", ";", "'", "\\", "\\n", "\uFEFF", "\0", "\u0001", "\u001b[0m", "\u007f",
        "\uFFFD", "\uFFFE", "[", "]", "{", "}", "[{\"role\": \"user\", \"content\": \"x\"}]", "[\"a\"]", "[]", "{}", "null", "true", "1", "1e999", "=1+1", " ", "  ", "<|im_start|>", "</s>", "\\ud83d", "👩‍👩‍👧", "e\u0301", "𐍈",
        "𝒳", "漢字", "עברית", "\u202e", "ไทย", "हिन्दी", "tie (bothbad)",
    ];

    private readonly Random random = new(seed);

    public Example Next(ExampleKind kind) => Common(kind switch
    {
        ExampleKind.Text => new TextExample(Text()),
        ExampleKind.Prompt => new PromptExample(Prompt(mayBeEmpty: false)),
        ExampleKind.Demonstration => new DemonstrationExample(Prompt(), Reply()),
        ExampleKind.Preference => Pair(),
        ExampleKind.Unpaired => new UnpairedExample(Prompt(), Reply(), Chance(2)),
        ExampleKind.Ranking => Ranking(),
        _ => Classification(),
    });

    private PreferenceExample Pair()
    {
        var (chosen, rejected) = (Reply(), Reply());
        if (chosen.Text == rejected.Text) rejected = rejected with { Text = rejected.Text + "!" };
        return new(Prompt(), chosen, rejected, Chance(3) ? Margin() : null);
    }

    private double Margin() => Chance(4) ? random.NextDouble() * Math.Pow(10, random.Next(-300, 300)) : random.Next(-3, 4);

    private RankingExample Ranking()
    {
        var count = Chance(2) ? 2 : random.Next(3, 7);
        int[] places = [.. Enumerable.Range(0, count).Select(_ => random.Next(1, count + 1))];
        places[random.Next(count)] = 1;
        return new(Prompt(), Enumerable.Range(0, count).Select(_ => Reply()).ToValueList(), places.ToValueList());
    }

    private ClassificationExample Classification()
    {
        var labels = Enumerable.Range(0, isWild ? random.Next(4) : 1).Select(_ => Text()).ToValueList();
        return Chance(2) ? new(Text(), [], labels) : new(null, Prompt(mayBeEmpty: false), labels);
    }

    private ValueList<Message> Prompt(bool mayBeEmpty = true)
    {
        var shape = random.Next(10);
        if (shape < 2 && mayBeEmpty) return [];
        if (shape < 6) return [new(Message.User, Text())];
        var messages = new List<Message>();
        if (Chance(2)) messages.Add(new(Message.System, Text()));
        for (var turn = random.Next(3); turn > 0; turn--) messages.AddRange([new(Message.User, Text()), new(Message.Assistant, Text())]);
        if (isWild && Chance(5)) messages.Add(new(Message.Tool, Text()));
        if (!isWild || Chance(3)) messages.Add(new(Message.User, Text()));
        if (messages is [] or [.., { Role: Message.Assistant }]) messages.Add(new(Message.User, Text()));
        return messages.ToValueList();
    }

    private Reply Reply() => new(Text(), Chance(4) ? new(Name(), Chance(2) ? Name() : null) : Chance(9) ? new(null, Name()) : null);

    private Example Common(Example example)
    {
        if (Chance(3)) example = example with { Id = Name() };
        if (Chance(3)) example = example with { Source = Name(), Split = Name() };
        if (Chance(3)) example = example with { Tags = [Name(), Text()] };
        if (Chance(3)) example = example with { Extra = ExtraFields.From(JsonSerializer.SerializeToElement(Extra())) };
        return example;
    }

    private Dictionary<string, object?> Extra()
    {
        var fields = new Dictionary<string, object?> { ["note"] = Text(), ["count"] = random.Next(), ["nothing"] = null };
        if (!isWild) return fields;
        fields[Name()] = new object?[] { 1e300, Text(), new Dictionary<string, object?> { [Name()] = new[] { Text(), "" } } };
        if (Chance(4)) fields["prompt"] = "taken";
        if (Chance(4)) fields["tags"] = "none of ours";
        if (Chance(8)) fields["id"] = "taken";
        if (Chance(4)) fields["winner"] = "tie (bothbad)";
        if (Chance(6)) fields["input"] = Text();
        if (Chance(6)) fields["node"] = new Dictionary<string, object?> { ["lang"] = "en" };
        if (Chance(6)) fields["message_fields"] = new Dictionary<string, object?> { ["messages"] = new object?[] { new Dictionary<string, object?> { ["name"] = Text() }, null }, ["prompt"] = new object?[] { new Dictionary<string, object?> { ["weight"] = 0 } } };
        return fields;
    }

    private string Name() => isWild ? Text() + "n" : $"name-{random.Next(1000)}";

    /// <summary>A text of either sort.</summary>
    public string Text()
    {
        if (!isWild) return string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => new[] { "blue", "sky", "why", "Ärger", "because", "42", "said" }[random.Next(7)]));
        if (Chance(8)) return "";
        var text = new StringBuilder();
        var length = Chance(400) ? 100_000 : random.Next(1, 40);
        while (text.Length < length)
        {
            if (Chance(3)) text.Append(Marks[random.Next(Marks.Length)]);
            else if (Chance(2)) text.Append(AnyCharacter());
            else text.Append((char)random.Next(' ', '~'));
        }
        return text.ToString();
    }

    private string AnyCharacter()
    {
        int code;
        do code = Chance(2) ? random.Next(0x3000) : random.Next(0x110000);
        while (code is >= 0xD800 and <= 0xDFFF);
        return char.ConvertFromUtf32(code);
    }

    private bool Chance(int one) => random.Next(one) == 0;
}
