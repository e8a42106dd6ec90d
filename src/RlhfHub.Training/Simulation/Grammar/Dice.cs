using RlhfHub.Training.Generation;

namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>Draws of one seed, the same on every machine and .NET version.</summary>
internal sealed class Dice(long seed)
{
    private long drawn;

    /// <summary>Dice of one item of a seeded series, so that items can be made in any order and in parallel.</summary>
    public static Dice For(long seed, long index) => new(StableHash.Of(seed, index));

    /// <summary>A number in [0, 1).</summary>
    public double Uniform() => SeededUniform.At(seed, drawn++);

    public bool Chance(double probability) => Uniform() < probability;

    public int Below(int count) => (int)(Uniform() * count);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>A position drawn in proportion to its weight.</summary>
    public int PickWeighted(IReadOnlyList<double> weights)
    {
        var left = Uniform() * weights.Sum();
        for (var i = 0; i < weights.Count; i++)
            if ((left -= weights[i]) < 0) return i;
        return weights.Count - 1;
    }
}
