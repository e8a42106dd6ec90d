namespace RlhfHub.Training.Tests.Optimum;

/// <summary>What the best of all policies and judges can do is known here, and training comes near it. <c>bench -- optimum</c> does the same in twenty worlds.</summary>
public sealed class OptimumTests(TinyWorlds worlds) : IClassFixture<TinyWorlds>
{
    public static TheoryData<long> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ppo_KnownOptimum_ComesNear(long seed)
    {
        var world = worlds.Of(seed);
        Assert.Equal(1, world.Reference.Sum(Math.Exp), 1e-6);

        foreach (var beta in OptimumRuns.Betas)
        {
            var share = OptimumRuns.Ppo(world, beta, seed);

            // Nobody can do better than the optimum: more would mean that a sum is wrong.
            Assert.True(share is >= 0.95 and <= 1.0001, $"Beta {beta}: {share:P1} of the way to {world.Optimum(beta):F3}");
        }
    }

    [Fact]
    public void Dpo_NoisyRaters_ImpliesTheirReward()
    {
        var correlation = OptimumRuns.Dpo(worlds.Of(1), seed: 1);

        Assert.InRange(correlation, 0.99, 1);
    }

    [Fact]
    public void Reward_NoisyRaters_PredictsThemAsWellAsAnyoneCan()
    {
        var figures = OptimumRuns.Reward(worlds.Of(1), seed: 1);

        Assert.InRange(figures.ShareOfBayes, 0.99, 1);
        Assert.InRange(figures.CalibrationError, 0, 0.02);
    }
}

/// <summary>The worlds of a test class, each made once.</summary>
public sealed class TinyWorlds : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<long, TinyWorld> worlds = [];

    public void Dispose() => folder.Dispose();

    internal TinyWorld Of(long seed)
    {
        if (!worlds.TryGetValue(seed, out var world)) worlds[seed] = world = new TinyWorld(folder[$"{seed}"], seed);
        return world;
    }
}
