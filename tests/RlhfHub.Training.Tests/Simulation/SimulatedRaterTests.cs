using RlhfHub.Training.Simulation;
using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class SimulatedRaterTests
{
    private const string Good = "Thank you for asking. The sun is yellow.";
    private const string Plain = "The sun is yellow.";
    private const string Wrong = "The sun is blue.";
    private const string Garbled = "Sun the the.";

    private static readonly RaterTraits Exact = new() { NoiseTemperature = 0, PositionBias = 0, Laziness = 0 };
    private static readonly SimulatedPrompt Sun = SmallWorld.Recognize([new("user", "What colour is the sun?")])!;
    private static readonly (SimulatedPrompt Prompt, string First, string Second)[] Pairs = [.. DrawPairs()];

    [Theory]
    [InlineData(Good, Plain, ComparisonChoice.First, 1)]
    [InlineData(Wrong, Good, ComparisonChoice.Second, -3)]
    [InlineData(Plain, Plain, ComparisonChoice.Tie, 0)]
    [InlineData(Garbled, Garbled, ComparisonChoice.BothBad, 0)]
    [InlineData(Wrong, Plain, ComparisonChoice.Second, -2)]
    public void Compare_WithoutNoise_FollowsTheUtility(string first, string second, ComparisonChoice choice, int strength) =>
        Assert.Equal(new RaterComparison(choice, strength), new SimulatedRater(1, Exact).Compare(Sun, first, second));

    [Fact]
    public void Compare_Noise_FollowsBradleyAndTerry()
    {
        var traits = Exact with { NoiseTemperature = 1.2, TieThreshold = 0, BothBadThreshold = -100 };
        var difference = traits.Utility.Courteous;

        var wins = Enumerable.Range(0, 20_000).Count(seed => new SimulatedRater(seed, traits).Compare(Sun, Good, Plain).Choice == ComparisonChoice.First);

        Assert.Equal(1 / (1 + Math.Exp(-difference / 1.2)), wins / 20_000.0, 0.012);
    }

    [Fact]
    public void Compare_AnyOrderOfQuestions_SaysTheSame()
    {
        var rater = new SimulatedRater(9, new RaterTraits());
        var forwards = Pairs.Take(300).Select(pair => rater.Compare(pair.Prompt, pair.First, pair.Second)).ToArray();

        var other = new SimulatedRater(9, new RaterTraits());
        var backwards = Pairs.Take(300).Reverse().Select(pair => other.Compare(pair.Prompt, pair.First, pair.Second)).Reverse();

        Assert.Equal(forwards, backwards);
    }

    [Fact]
    public void Compare_PositionBias_FavoursTheFirst()
    {
        var biased = new RaterTraits { PositionBias = 3 };

        var firsts = Pairs.Count(pair => new SimulatedRater(2, biased).Compare(pair.Prompt, pair.First, pair.Second).Choice == ComparisonChoice.First);

        Assert.InRange(firsts / (double)Pairs.Length, 0.75, 1);
    }

    [Fact]
    public void Compare_LengthBias_FavoursTheLonger()
    {
        double LongerWins(double bias)
        {
            var rater = new SimulatedRater(2, new RaterTraits { LengthBias = bias });
            return Pairs.Where(pair => pair.First.Length > pair.Second.Length + 40)
                .Average(pair => rater.Compare(pair.Prompt, pair.First, pair.Second).Choice == ComparisonChoice.First ? 1.0 : 0);
        }

        Assert.True(LongerWins(2) > LongerWins(0) + 0.2);
        Assert.True(LongerWins(-2) < LongerWins(0) - 0.1);
    }

    [Fact]
    public void Compare_Lazy_DoesNotRead()
    {
        var lazy = new RaterTraits { Laziness = 1, LazyTakesFirst = 0.5 };

        var firsts = Enumerable.Range(0, 4000).Count(seed => new SimulatedRater(seed, lazy).Compare(Sun, Garbled, Good).Choice == ComparisonChoice.First);

        Assert.Equal(0.75, firsts / 4000.0, 0.03);
    }

    [Fact]
    public void Compare_FreshPanel_AgreesAsPeopleDo()
    {
        var panel = RaterPanel.Create(seed: 21, count: 30);
        var both = new List<bool>();
        for (var i = 0; i < Pairs.Length; i++)
        {
            var (prompt, first, second) = Pairs[i];
            var (one, two) = (panel[i % 30].Compare(prompt, first, second), panel[(i + 1 + i / 30 % 28) % 30].Compare(prompt, first, second));
            if (one.Strength != 0 && two.Strength != 0) both.Add(one.Choice == two.Choice);
        }

        Assert.InRange(both.Average(agrees => agrees ? 1.0 : 0), 0.70, 0.85);
        Assert.InRange(both.Count / (double)Pairs.Length, 0.7, 1);
    }

    [Fact]
    public void Rank_WithoutNoise_OrdersAndTies() =>
        Assert.Equal([4, 2, 1, 2], new SimulatedRater(1, Exact).Rank(Sun, [Wrong, Plain, Good, "It is yellow."]));

    [Theory]
    [InlineData(Good, 5)]
    [InlineData(Wrong, 3)]
    [InlineData(Garbled, 1)]
    public void Rate_WithoutNoise_FollowsTheUtility(string reply, int rating) => Assert.Equal(rating, new SimulatedRater(1, Exact).Rate(Sun, reply));

    [Fact]
    public void Demonstrate_FreshPanel_IsNearlyAlwaysGood()
    {
        var panel = RaterPanel.Create(seed: 4, count: 10);
        var judged = Corpus.TrainingPrompts(5, 2000).Select((prompt, i) => ReplyJudge.Judge(prompt, panel[i % 10].Demonstrate(prompt))).ToArray();

        Assert.All(judged, seen => Assert.True(seen.IsAcceptable));
        Assert.InRange(judged.Average(seen => seen.Answer == AnswerGrade.Right ? 1.0 : 0), 0.93, 0.99);
        Assert.InRange(judged.Average(seen => seen.Manners == Manners.Courteous ? 1.0 : 0), 0.8, 0.9);
    }

    [Fact]
    public void Create_OtherSeed_MakesOtherRaters()
    {
        var (some, same, others) = (RaterPanel.Create(1, 3), RaterPanel.Create(1, 3), RaterPanel.Create(2, 3));

        Assert.Equal(some.Select(rater => rater.Traits), same.Select(rater => rater.Traits));
        Assert.Empty(some.Select(rater => rater.Traits).Intersect(others.Select(rater => rater.Traits)));
    }

    /// <summary>Pairs of replies to one prompt, as the starter model would write them.</summary>
    private static IEnumerable<(SimulatedPrompt, string, string)> DrawPairs()
    {
        var shares = new ReplyStyleShares();
        var dice = new Dice(8);
        foreach (var prompt in Corpus.HeldOutPrompts(6, 3000))
        {
            var (first, second) = (ReplyWriter.Write(prompt.Key, shares.Draw(dice), dice), ReplyWriter.Write(prompt.Key, shares.Draw(dice), dice));
            if (first != second) yield return (prompt, first, second);
        }
    }
}
