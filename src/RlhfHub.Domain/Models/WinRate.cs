namespace RlhfHub.Domain.Models;

/// <summary>How often one model was preferred to another, with its uncertainty.</summary>
/// <param name="Wins">Comparisons won.</param>
/// <param name="Ties">Comparisons in which neither was better.</param>
/// <param name="Losses">Comparisons lost.</param>
public sealed record WinRate(double Wins, double Ties, double Losses)
{
    // Of the normal distribution, for 95 %.
    private const double Z = 1.959964;

    /// <summary>How many comparisons there are. Several judgments of one comparison count as one: they are about the same two texts.</summary>
    public double Count => Wins + Ties + Losses;

    /// <summary>The share of wins, ties counting half; null without comparisons.</summary>
    public double? Rate => Count > 0 ? (Wins + (Ties / 2)) / Count : null;

    /// <summary>The lower end of the 95 % interval after Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953; null without comparisons.</summary>
    public double? Low => Bound(-1);

    /// <summary>The upper end.</summary>
    public double? High => Bound(1);

    /// <summary>The rate over comparisons, each with the outcomes that its judges saw: 1 for a win, 0.5 for a tie, 0 for a loss.</summary>
    public static WinRate Of(IEnumerable<IReadOnlyCollection<double>> comparisons)
    {
        var (wins, ties, losses) = (0.0, 0.0, 0.0);
        foreach (var outcomes in comparisons.Where(outcomes => outcomes.Count > 0))
        {
            wins += outcomes.Count(outcome => outcome == 1) / (double)outcomes.Count;
            ties += outcomes.Count(outcome => outcome == 0.5) / (double)outcomes.Count;
            losses += outcomes.Count(outcome => outcome == 0) / (double)outcomes.Count;
        }
        return new(wins, ties, losses);
    }

    private double? Bound(int side)
    {
        if (Rate is not { } rate) return null;
        var (n, square) = (Count, Z * Z);
        var middle = rate + (square / (2 * n));
        var width = Z * Math.Sqrt((rate * (1 - rate) / n) + (square / (4 * n * n)));
        return Math.Clamp((middle + (side * width)) / (1 + (square / n)), 0, 1);
    }
}
