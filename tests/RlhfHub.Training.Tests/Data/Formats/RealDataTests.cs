using System.Security.Cryptography;
using System.Text;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Splits;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class RealDataTests
{
    [TestDataFact("hh-rlhf")]
    public void HelpfulHarmless_EveryPair_HasItsPrompt()
    {
        var rows = DatasetFile.Read(Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz"), Preference.Format);

        Assert.Equal(2312, rows.Count);
        Assert.All(rows, row => Assert.StartsWith("\n\nHuman: ", row.Prompt.Text));
        Assert.Equal(1867, rows.Count(row => row.Prompt.Text!.EndsWith("\n\nAssistant:", StringComparison.Ordinal)));
        // The same digest as of the prompts that TRL's extract_prompt finds, each with a zero byte after it.
        var prompts = string.Concat(rows.Select(row => row.Prompt.Text + "\0"));
        Assert.Equal("04dbb6fa38fe3bfbf9646bbec0bb73f4c5d5de83d0b91160dcd43976a86158ac", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompts))));

        var split = TrainValidationSplit<PreferenceRow>.Of(rows, 0.1);
        Assert.InRange(split.Validation.Count, 150, 320);
        Assert.Null(PromptLeak.Find(split.Train, split.Validation));
    }

    [TestDataFact("oasst")]
    public void OpenAssistant_Trees_BecomeRankingsAndPairs()
    {
        var rankings = OpenAssistantTrees.Read(Path.Combine(TestData.Folder("oasst"), "en_100_tree.jsonl"));

        Assert.Equal(212, rankings.Count);
        Assert.Equal(754, rankings.Sum(ranking => ranking.Pairs().Count()));
        Assert.All(rankings, ranking =>
        {
            Assert.Equal("user", ranking.Prompt.Messages![^1].Role);
            Assert.All(ranking.Responses, response => Assert.Equal("assistant", response.Messages!.Single().Role));
            Assert.Equal(1, ranking.Ranks[0]);
        });
        Assert.Contains(rankings, ranking => ranking.Prompt.Messages!.Count >= 3);
    }
}
