using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

/// <summary>What lines of each format mean: a round trip alone would not see a chosen reply taken for the rejected one.</summary>
public sealed class MeaningTests
{
    private static readonly ValueList<Message> Question = [new(Message.User, "What colour is the sky?")];
    private static readonly ValueList<Message> Beginning = [new(Message.User, "The sky is")];
    private static readonly ValueList<Message> Hi = [new(Message.User, "Hi")];

    private static readonly Dictionary<string, Example> Expected = new()
    {
        ["sharegpt"] = new DemonstrationExample(Question, "Blue."),
        ["open-assistant"] = new RankingExample(Hi, ["Hello!", "Go away."], [1, 2]) { Id = "m", Extra = ExtraFields.None.With("message_tree_id", "t") },
        ["arena"] = new RankingExample(Hi, [new("Hello!", new("m1")), new("Go away.", new("m2"))], [1, 2]) { Id = "7" },
        ["alpaca"] = new DemonstrationExample([new(Message.User, "Add the numbers.\n\n1 and 2")], "3") { Extra = ExtraFields.None.With("input", "1 and 2") },
        ["hh-rlhf"] = new PreferenceExample(Hi, "Hello!", "Go away."),
        ["trl-preference"] = new PreferenceExample(Beginning, " blue.", " green."),
        ["trl-preference-conversational"] = new PreferenceExample(Question, "Blue.", "Green."),
        ["trl-preference-implicit"] = new PreferenceExample([], "The sky is blue.", "The sky is green."),
        ["trl-preference-implicit-conversational"] = new PreferenceExample(Question, "Blue.", "Green."),
        ["ranking"] = new RankingExample(Beginning, [" green.", " blue.", " red."], [2, 1, 2]),
        ["ranking-conversational"] = new RankingExample(Question, ["Green.", "Blue."], [2, 1]),
        ["trl-unpaired"] = new UnpairedExample(Beginning, " blue.", true),
        ["trl-unpaired-conversational"] = new UnpairedExample(Question, "Green.", false),
        ["trl-prompt-completion"] = new DemonstrationExample(Beginning, " blue."),
        ["trl-prompt-completion-conversational"] = new DemonstrationExample(Question, "Blue."),
        ["classification"] = new ClassificationExample("Thank you!", [], ["polite"]),
        ["openai-chat"] = new DemonstrationExample(Question, "Blue."),
        ["trl-prompt-only"] = new PromptExample(Question),
        ["trl-prompt-only-conversational"] = new PromptExample(Question),
        ["trl-language-modelling"] = new TextExample("The sky is blue."),
    };

    public static TheoryData<string> JsonNames => [.. DatasetFormats.All.Where(format => format.HasArrays).Select(format => format.Name)];

    [Theory, MemberData(nameof(JsonNames))]
    public async Task Import_ExampleLine_MeansWhatItSays(string name)
    {
        var format = DatasetFormats.Find(name)!;

        Assert.Equal([Expected[name]], (await format.ReadAsync(format.ExampleLine)).Select(row => row.Example));
        Assert.Equal([Expected[name]], (await format.ReadAsync($" [\n{format.ExampleLine}\n]")).Select(row => row.Example));
    }

    [Fact]
    public async Task Import_Tables_MeanWhatTheirColumnsSay()
    {
        var pair = Assert.Single(await Tables.Csv.ReadAsync("Question,Preferred,Rejected,Margin\nThe sky is,\" blue.\", green.,1.5\n"));
        var ranking = Assert.Single(await Tables.Tsv.ReadAsync("prompt\tresponses\tranking\nThe sky is\t\"[\"\" green.\"\", \"\" blue.\"\"]\"\t[2, 1]\n"));
        var labels = await Tables.Csv.ReadAsync("prompt,completion,label\nThe sky is, blue.,1\nThe sky is, green.,FALSE\n");

        Assert.Equal(new PreferenceExample(Beginning, " blue.", " green.", 1.5), pair.Example);
        Assert.Equal(new RankingExample(Beginning, [" green.", " blue."], [2, 1]), ranking.Example);
        Assert.Equal([new UnpairedExample(Beginning, " blue.", true), new UnpairedExample(Beginning, " green.", false)], labels.Select(row => row.Example));
    }

    [Theory, InlineData("model_b", 2, 1), InlineData("tie", 1, 1), InlineData("tie (bothbad)", 1, 1)]
    public async Task Arena_Winner_BecomesPlacesAndGoesOutAgain(string winner, int first, int second)
    {
        var line = Arena.Format.ExampleLine.Replace("\"winner\": \"model_a\"", $"\"winner\": \"{winner}\"", StringComparison.Ordinal);

        var example = Assert.IsType<RankingExample>(Assert.Single(await Arena.Format.ReadAsync(line)).Example);
        var (file, _) = await Arena.Format.WriteAsync([example]);

        Assert.Equal([first, second], example.Ranking);
        Assert.Contains($"\"winner\":\"{winner}\"", System.Text.Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MessageFields_UnknownOnes_GoBackToTheirMessages()
    {
        const string Line = """{"messages":[{"role":"user","content":"Hi","name":"Ann"},{"role":"assistant","content":"漢字 👩 𐍈","weight":0}]}""";

        var row = Assert.Single(await OpenAiChat.Format.ReadAsync(Line));
        var (file, _) = await OpenAiChat.Format.WriteAsync([row.Example!]);

        Assert.Equal(Line + "\n", System.Text.Encoding.UTF8.GetString(file));
    }

    [Fact]
    public async Task ShareGpt_ArrayOfBareLists_IsRead()
    {
        var rows = await ShareGpt.Format.ReadAsync("""[[{"from": "user", "value": "Hi"}, {"from": "chatgpt", "value": "Hello!"}], [{"from": "human", "value": "Hi"}]]""");

        Assert.Equal([new DemonstrationExample(Hi, "Hello!"), new PromptExample(Hi)], rows.Select(row => row.Example));
    }

    [Fact]
    public async Task OpenAssistant_TreeOfTwoTurns_GivesAnExampleForEachPrompter()
    {
        const string Tree = """
            {"prompt": {"text": "Hi", "role": "prompter", "replies": [
              {"text": "Hello!", "role": "assistant", "rank": 3, "model_name": "m1", "replies": [{"text": "Why?", "role": "prompter"}]},
              {"text": "Deleted", "role": "assistant", "rank": 0, "deleted": true, "replies": [{"text": "Lost", "role": "prompter"}]},
              {"text": "Go away.", "role": "assistant", "rank": 5}, {"text": "Unranked", "role": "assistant"}]}}
            """;

        var rows = await OpenAssistantTrees.Format.ReadAsync(Tree.ReplaceLineEndings(" "));

        Assert.Equal(
            [
                new RankingExample(Hi, [new("Hello!", new("m1")), "Go away."], [1, 2]), new DemonstrationExample(Hi, "Unranked"),
                new PromptExample([.. Hi, new(Message.Assistant, "Hello!"), new(Message.User, "Why?")]),
            ],
            rows.Select(row => row.Example));
        Assert.All(rows, row => Assert.Equal(1, row.Record));
    }

    [Fact]
    public async Task HhRlhf_TextFullOfMarks_IsReadInOnePass()
    {
        var transcript = string.Concat(Enumerable.Repeat("\\n\\nHuman: a", 400_000));

        var row = Assert.Single(await HhRlhf.Format.ReadAsync($"{{\"chosen\": \"{transcript}\", \"rejected\": \"{transcript}\"}}"));

        Assert.Contains("share no beginning that an assistant answers", row.Error);
    }
}
