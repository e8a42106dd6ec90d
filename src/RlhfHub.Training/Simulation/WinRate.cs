using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation;

/// <summary>How often one side wins, with its 95 % interval; a tie counts half.</summary>
/// <param name="Rate">From 0 to 1.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Count">Judgments, or prompts where judgments of one prompt were taken together.</param>
public sealed record WinRate(double Rate, double Low, double High, int Count)
{
    private const double Z95 = 1.959963984540054;

    /// <summary>
    /// The rate of independent judgments with Wilson's score interval; with ties it is a little wider than it need be.
    /// Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953.
    /// </summary>
    /// <param name="wins">Judgments won.</param>
    /// <param name="ties">Judgments tied.</param>
    /// <param name="losses">Judgments lost.</param>
    public static WinRate OfJudgments(int wins, int ties, int losses)
    {
        var count = wins + ties + losses;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var rate = (wins + ties / 2.0) / count;
        var scale = 1 + Z95 * Z95 / count;
        var centre = (rate + Z95 * Z95 / (2 * count)) / scale;
        var half = Z95 / scale * Math.Sqrt(rate * (1 - rate) / count + Z95 * Z95 / (4.0 * count * count));
        return new WinRate(rate, Math.Max(0, centre - half), Math.Min(1, centre + half), count);
    }

    /// <summary>
    /// The mean over prompts with the percentile interval of a bootstrap that draws whole prompts: several judgments of one prompt hang together.
    /// </summary>
    /// <param name="prompts">Each prompt's judgments: 1 won, 0.5 tied, 0 lost.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="resamples">How many draws.</param>
    public static WinRate OfPrompts(IReadOnlyList<IReadOnlyList<double>> prompts, long seed, int resamples = 4000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompts.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        var means = prompts.Select(judgments => judgments.Average()).ToArray();
        var dice = new Dice(seed);
        var rates = new double[resamples];
        for (var sample = 0; sample < resamples; sample++)
        {
            for (var i = 0; i < means.Length; i++) rates[sample] += dice.Pick(means);
            rates[sample] /= means.Length;
        }
        Array.Sort(rates);
        return new WinRate(means.Average(), rates[(int)(resamples * 0.025)], rates[(int)(resamples * 0.975)], means.Length);
    }
}
