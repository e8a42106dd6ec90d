using RlhfHub.Training.Simulation;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class ReplyCensusTests
{
    private static readonly SimulatedPrompt Sun = SmallWorld.Recognize([new("user", "What colour is the sun?")])!;

    [Fact]
    public void Of_FourReplies_CountsEachQuality()
    {
        var census = ReplyCensus.Of([Sun, Sun, Sun, Sun], ["Thank you for asking. The sun is yellow.", "The sun is blue.", "Sun the the.", "The sun is blue."]);

        Assert.Equal((4, 0.75, 0.25, 0.25, 0.75), (census.Count, census.Acceptable.Rate, census.Right, census.Courteous, census.Distinct));
        Assert.Equal(4.75, census.MeanWords);
        Assert.InRange(0.75, census.Acceptable.Low, census.Acceptable.High);
    }

    [Fact]
    public void Of_TooFewReplies_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ReplyCensus.Of([Sun, Sun], ["The sun is yellow."]));
        Assert.Throws<ArgumentException>(() => ReplyCensus.Of([], []));
    }
}
