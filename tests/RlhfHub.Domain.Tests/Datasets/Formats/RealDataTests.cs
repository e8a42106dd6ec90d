using System.IO.Compression;
using System.Text.Json.Nodes;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets.Formats;

public sealed class RealDataTests
{
    private static readonly string HhRlhfFile = Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz");
    private static readonly string TreesFile = Path.Combine(TestData.Folder("oasst"), "en_100_tree.jsonl");

    [TestDataFact("hh-rlhf")]
    public async Task HhRlhf_WholeFile_ComesInWordForWord()
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(HhRlhfFile), CompressionMode.Decompress));
        var lines = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();

        var rows = await HhRlhf.Format.ReadAsync(await File.ReadAllBytesAsync(HhRlhfFile));

        Assert.Equal(2312, lines.Count);
        Assert.Equal(lines.Count, rows.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var pair = Assert.IsType<PreferenceExample>(rows[i].Example);
            var beginning = string.Concat(pair.Prompt.Select(message => (message.Role == Message.User ? "\n\nHuman: " : "\n\nAssistant: ") + message.Content)) + "\n\nAssistant: ";
            Assert.Equal((string)lines[i]["chosen"]!, beginning + pair.Chosen.Text);
            Assert.Equal((string)lines[i]["rejected"]!, beginning + pair.Rejected.Text);
        }
        // In five pairs the conversations part before the last turn: their replies are the rest as it stands.
        Assert.Equal(5, rows.Select(row => (PreferenceExample)row.Example!).Count(pair => pair.Replies.Any(reply => reply.Text.Contains("\n\nAssistant:", StringComparison.Ordinal))));
        Assert.Equal(HhRlhf.Format, await DatasetFormats.DetectAsync((await File.ReadAllBytesAsync(HhRlhfFile)).AsMemory(0, 100_000)));
    }

    [TestDataFact("hh-rlhf")]
    public async Task HhRlhf_EveryFormatThatCarriesIt_GivesItBack()
    {
        Example[] pairs = [.. (await HhRlhf.Format.ReadAsync(await File.ReadAllBytesAsync(HhRlhfFile))).Select(row => row.Example!)];
        string[] whole = ["hh-rlhf", "trl-preference-conversational", "trl-preference-implicit-conversational", "csv", "tsv"];

        foreach (var format in DatasetFormats.All.Where(format => format.Kinds.Contains(ExampleKind.Preference)))
        {
            var carried = pairs.Where(pair => format.ReasonAgainst(pair) is null).ToList();

            if (whole.Contains(format.Name)) Assert.Equal(pairs.Length, carried.Count);
            else if (format == Preference.Plain) Assert.Equal(pairs.Count(pair => pair.Conversation is [{ Role: Message.User, Content.Length: > 0 }]), carried.Count);
            else Assert.Empty(carried);
            await format.AssertComesBackAsync(carried);
        }
    }

    [TestDataFact("oasst")]
    public async Task OpenAssistant_WholeFile_GivesEveryMessage()
    {
        var nodes = new List<JsonNode>();
        void Walk(JsonNode node)
        {
            nodes.Add(node);
            foreach (var reply in node["replies"]!.AsArray()) Walk(reply!);
        }
        foreach (var line in await File.ReadAllLinesAsync(TreesFile)) Walk(JsonNode.Parse(line)!["prompt"]!);

        var rows = await OpenAssistantTrees.Format.ReadAsync(await File.ReadAllBytesAsync(TreesFile));
        var examples = rows.Select(row => row.Example!).ToList();

        Assert.All(rows, row => Assert.Null(row.Error));
        Assert.Equal(100, rows.Select(row => row.Record).Distinct().Count());
        Assert.Equal(212, examples.OfType<RankingExample>().Count());
        Assert.Equal(226, examples.OfType<PromptExample>().Count());
        Assert.Equal(nodes.Where(node => (string)node["role"]! == "assistant").Select(node => (string)node["text"]!).Order(), examples.SelectMany(example => example.Replies).Select(reply => reply.Text).Order());
        Assert.Equal(nodes.Where(node => (string)node["role"]! == "prompter").Select(node => (string)node["text"]!).Order(),
            examples.DistinctBy(example => example.Id).Select(example => example.Conversation[^1].Content).Order());
        foreach (var ranking in examples.OfType<RankingExample>())
        {
            var replies = nodes.Single(node => (string)node["message_id"]! == ranking.Id)["replies"]!.AsArray();
            foreach (var (reply, place) in ranking.Responses.Zip(ranking.Ranking))
                Assert.Contains(replies, node => (string)node!["text"]! == reply.Text && (int?)node["rank"] == place - 1);
        }
        Assert.Equal(OpenAssistantTrees.Format, await DatasetFormats.DetectAsync((await File.ReadAllBytesAsync(TreesFile)).AsMemory(0, 100_000)));
    }

    [TestDataFact("oasst")]
    public async Task OpenAssistant_EveryFormatThatCarriesIt_GivesItBack()
    {
        Example[] examples = [.. (await OpenAssistantTrees.Format.ReadAsync(await File.ReadAllBytesAsync(TreesFile))).Select(row => row.Example!)];
        string[] whole = ["open-assistant", "ranking-conversational", "trl-prompt-completion-conversational", "trl-prompt-only-conversational", "openai-chat", "sharegpt", "alpaca", "csv", "tsv"];

        foreach (var format in DatasetFormats.All)
            foreach (var kind in format.Kinds)
            {
                var ofKind = examples.Where(example => example.Kind == kind).ToList();
                var carried = ofKind.Where(example => format.ReasonAgainst(example) is null).ToList();

                if (whole.Contains(format.Name)) Assert.Equal(ofKind.Count, carried.Count);
                await format.AssertComesBackAsync(carried);
            }
    }
}
