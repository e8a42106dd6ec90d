using RlhfHub.Training.Generation;
using RlhfHub.Training.Simulation;

namespace RlhfHub.Training.Tests.Simulation.Starter;

/// <summary>The model that lies in the repository.</summary>
public sealed class StarterModelTests
{
    private static string Folder => Path.Combine(Repository.Root, "models", "starter");

    [Fact]
    public void Folder_IsSmall()
    {
        using var text = TextModel.Load(Folder);

        Assert.InRange(Directory.GetFiles(Folder).Sum(file => new FileInfo(file).Length), 1, 8 << 20);
        Assert.InRange(text.Model.Decoder.parameters().Sum(parameter => parameter.numel()), 1, 4_000_000);
    }

    /// <summary>Prompts of another seed than those of the model card.</summary>
    [Fact]
    public void Replies_ToHeldOutPrompts_AreOnTopicWellFormedAndUneven()
    {
        var prompts = Corpus.HeldOutPrompts(seed: 77, 300).ToArray();

        var census = ReplyCensus.Of(prompts, ModelReplies.Of(Folder, prompts, temperature: 0.7, seed: 5));

        Assert.InRange(census.Acceptable.Rate, 0.9, 1);
        Assert.InRange(census.Right, 0.5, 0.95);
        Assert.InRange(census.Courteous, 0.2, 0.7);
        Assert.InRange(census.Concise, 0.4, 0.9);
    }

    [Fact]
    public void Card_Shows50Samples() =>
        Assert.Equal(50, File.ReadLines(Path.Combine(Folder, "README.md")).SkipWhile(line => line != "| prompt | reply | judged |").Skip(2).Count(line => line.StartsWith('|')));
}
