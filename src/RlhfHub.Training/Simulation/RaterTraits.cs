using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Simulation;

/// <summary>What a simulated rater values and how well they judge it.</summary>
public sealed record RaterTraits
{
    /// <summary>What the rater values.</summary>
    public RaterUtility Utility { get; init; } = new();

    /// <summary>Temperature of the noise on each utility, in points: A is preferred to B with probability σ((U(A) − U(B)) / temperature). 0 is none.</summary>
    [Range(0, 100)]
    public double NoiseTemperature { get; init; } = 0.8;

    /// <summary>Points that the reply shown first gets for being first.</summary>
    [Range(-10, 10)]
    public double PositionBias { get; init; } = 0.1;

    /// <summary>Points for each doubling of a reply's length; below zero for those who like it short.</summary>
    [Range(-10, 10)]
    public double LengthBias { get; init; }

    /// <summary>Probability of answering without reading.</summary>
    [Range(0, 1)]
    public double Laziness { get; init; } = 0.03;

    /// <summary>When not reading: probability of taking the first reply instead of any.</summary>
    [Range(0, 1)]
    public double LazyTakesFirst { get; init; } = 0.5;

    /// <summary>A smaller difference is a tie, in points.</summary>
    [Range(0, 100)]
    public double TieThreshold { get; init; } = 0.25;

    /// <summary>Two replies below this are both bad, in points.</summary>
    [Range(-100, 100)]
    public double BothBadThreshold { get; init; } = 4;

    /// <summary>From this difference one reply is clearly better, in points.</summary>
    [Range(0, 100)]
    public double ClearDifference { get; init; } = 1.5;

    /// <summary>From this difference one reply is much better, in points.</summary>
    [Range(0, 100)]
    public double StrongDifference { get; init; } = 3.5;

    /// <summary>What the rater's own replies are like: good, not perfect.</summary>
    public ReplyStyleShares Demonstrations { get; init; } = new()
    {
        Right = 0.96,
        Evasive = 0.02,
        Courteous = 0.85,
        Rude = 0,
        Rambling = 0.08,
        Repetitive = 0.01,
    };
}
