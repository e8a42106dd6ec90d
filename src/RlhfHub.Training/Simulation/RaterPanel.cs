using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation;

/// <summary>Makes groups of raters who want about the same but not quite, as people do.</summary>
public static class RaterPanel
{
    /// <summary>Raters whose values, noise and biases vary around the given traits.</summary>
    /// <param name="seed">Which raters: another seed makes fresh ones.</param>
    /// <param name="count">How many.</param>
    /// <param name="typical">What they vary around; by default <see cref="RaterTraits"/> as it is.</param>
    /// <param name="variety">Standard deviation of the logarithm of each value: 0.25 makes one weight in three differ by more than a quarter.</param>
    public static IReadOnlyList<SimulatedRater> Create(long seed, int count, RaterTraits? typical = null, double variety = 0.25) =>
        [.. Enumerable.Range(0, count).Select(number => Create(StableHash.Of(seed, number), typical ?? new RaterTraits(), variety))];

    private static SimulatedRater Create(long seed, RaterTraits typical, double variety)
    {
        var dice = new Dice(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - dice.Uniform())) * Math.Cos(2 * Math.PI * dice.Uniform());
        double Vary(double value) => value * Math.Exp(variety * Normal());
        var values = typical.Utility;
        return new SimulatedRater(seed, typical with
        {
            Utility = new RaterUtility
            {
                OnTopic = Vary(values.OnTopic),
                WellFormed = Vary(values.WellFormed),
                Right = Vary(values.Right),
                Evasive = Vary(values.Evasive),
                Courteous = Vary(values.Courteous),
                Rude = Vary(values.Rude),
                Concise = Vary(values.Concise),
                Repetitive = Vary(values.Repetitive),
                Cheerful = Vary(values.Cheerful),
            },
            NoiseTemperature = Vary(typical.NoiseTemperature),
            PositionBias = typical.PositionBias + variety * 0.4 * Normal(),
            LengthBias = typical.LengthBias + variety * 0.4 * Normal(),
            Laziness = Math.Min(1, Vary(typical.Laziness)),
        });
    }
}
