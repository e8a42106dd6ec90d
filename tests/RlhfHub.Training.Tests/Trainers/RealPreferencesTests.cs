namespace RlhfHub.Training.Tests.Trainers;

public sealed class RealPreferencesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A reward model that cannot learn 64 comparisons by heart has something wrong with it.</summary>
    [TestDataFact("hh-rlhf")]
    public void Train_SixtyFourPairs_AreLearnedByHeart()
    {
        var preferences = new RealPreferences(Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz"), folder.Path);
        var pairs = preferences.Lines(maxCharacters: 220)[..64];

        preferences.Train("reward", Path.Combine(Repository.Root, "models", "starter"), pairs, [], new()
        {
            ["learning_rate"] = 1e-3,
            ["per_device_train_batch_size"] = 32,
            ["num_train_epochs"] = 12,
            ["gradient_checkpointing"] = false,
        });

        Assert.Equal(1, preferences.Measure("measured", "reward", pairs)["eval_accuracy"]);
    }
}
