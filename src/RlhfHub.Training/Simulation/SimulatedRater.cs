using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation;

/// <summary>What a rater said about two replies.</summary>
public enum ComparisonChoice
{
    /// <summary>The one shown first is better.</summary>
    First,

    /// <summary>The one shown second is better.</summary>
    Second,

    /// <summary>Neither is better.</summary>
    Tie,

    /// <summary>Neither is any good.</summary>
    BothBad,
}

/// <summary>A comparison with its strength.</summary>
/// <param name="Choice">Which is better.</param>
/// <param name="Strength">On seven points: 3 the first is much better, 2 better, 1 slightly better, 0 no preference, to −3 the second is much better.</param>
public sealed record RaterComparison(ComparisonChoice Choice, int Strength);

/// <summary>
/// A rater with a known utility who judges as people do: with noise, with a liking for what comes first or is long, and sometimes without reading. Utilities
/// get independent Gumbel noise, so that comparisons follow Bradley and Terry's model and rankings Plackett and Luce's. What a rater says depends on the seed
/// and the question alone, not on what was asked before.
/// </summary>
/// <param name="seed">Who the rater is.</param>
/// <param name="traits">What the rater values and how well they judge it.</param>
public sealed class SimulatedRater(long seed, RaterTraits traits)
{
    private const double MeanOfGumbel = 0.5772156649;

    /// <summary>What the rater values and how well they judge it.</summary>
    public RaterTraits Traits { get; } = traits;

    /// <summary>The rater's own reply: nearly always right, courteous and brief.</summary>
    /// <param name="prompt">What is answered.</param>
    public string Demonstrate(SimulatedPrompt prompt)
    {
        var dice = Question("demonstrate", prompt.Text);
        return ReplyWriter.Write(prompt.Key, Traits.Demonstrations.Draw(dice), dice);
    }

    /// <summary>Compares two replies in the order in which they are shown.</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="first">Shown first.</param>
    /// <param name="second">Shown second.</param>
    public RaterComparison Compare(SimulatedPrompt prompt, string first, string second)
    {
        var dice = Question("compare", prompt.Text, first, second);
        if (dice.Chance(Traits.Laziness))
        {
            var takesFirst = dice.Chance(Traits.LazyTakesFirst) || dice.Chance(0.5);
            return new RaterComparison(takesFirst ? ComparisonChoice.First : ComparisonChoice.Second, takesFirst ? 1 : -1);
        }
        var (one, two) = (Feel(prompt, first, dice) + Traits.PositionBias, Feel(prompt, second, dice));
        var difference = one - two;
        if (one < Traits.BothBadThreshold && two < Traits.BothBadThreshold) return new RaterComparison(ComparisonChoice.BothBad, 0);
        if (Math.Abs(difference) < Traits.TieThreshold) return new RaterComparison(ComparisonChoice.Tie, 0);
        var strength = Math.Abs(difference) >= Traits.StrongDifference ? 3 : Math.Abs(difference) >= Traits.ClearDifference ? 2 : 1;
        return difference > 0 ? new RaterComparison(ComparisonChoice.First, strength) : new RaterComparison(ComparisonChoice.Second, -strength);
    }

    /// <summary>Ranks replies in the order in which they are shown.</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="replies">At least two.</param>
    /// <returns>The rank of each reply; 1 is best, and equal ranks are ties: 1, 2, 2, 4.</returns>
    public IReadOnlyList<int> Rank(SimulatedPrompt prompt, IReadOnlyList<string> replies)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replies.Count, 2);
        var dice = Question("rank", [prompt.Text, .. replies]);
        var feelings = dice.Chance(Traits.Laziness)
            ? replies.Select((_, i) => -(double)i).ToArray()
            : [.. replies.Select((reply, i) => Feel(prompt, reply, dice) + (i == 0 ? Traits.PositionBias : 0))];
        var order = Enumerable.Range(0, replies.Count).OrderByDescending(i => feelings[i]).ToArray();
        var ranks = new int[replies.Count];
        for (var place = 0; place < order.Length; place++)
            ranks[order[place]] = place > 0 && feelings[order[place - 1]] - feelings[order[place]] < Traits.TieThreshold ? ranks[order[place - 1]] : place + 1;
        return ranks;
    }

    /// <summary>Rates one reply from 1 (bad) to 5 (as good as can be).</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="reply">The reply.</param>
    public int Rate(SimulatedPrompt prompt, string reply)
    {
        var dice = Question("rate", prompt.Text, reply);
        if (dice.Chance(Traits.Laziness)) return 1 + dice.Below(5);
        return (int)Math.Clamp(Math.Round(1 + 4 * Feel(prompt, reply, dice) / Traits.Utility.Best), 1, 5);
    }

    /// <summary>The reply's utility as it seems to the rater this time.</summary>
    private double Feel(SimulatedPrompt prompt, string reply, Dice dice)
    {
        var qualities = ReplyJudge.Judge(prompt, reply);
        var gumbel = -Math.Log(-Math.Log(Math.Max(dice.Uniform(), double.Epsilon))) - MeanOfGumbel;
        return Traits.Utility.Of(qualities) + Traits.LengthBias * Math.Log2(Math.Max(1, qualities.WordCount)) + Traits.NoiseTemperature * gumbel;
    }

    private Dice Question(string kind, params ReadOnlySpan<string> texts) => new(StableHash.Of(seed, [kind, .. texts]));
}
