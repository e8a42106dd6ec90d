using System.Text.Json;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets;

public sealed class ExampleTests
{
    private static RankingExample Ranking(params int[] places) =>
        new([new(Message.User, "Hi")], [new("a", new("m1")), "b", "c"], places.ToValueList()) { Tags = ["t"], Extra = ExtraFields.None.With("x", "y") };

    [Fact]
    public void Equals_SameContent_IsTrueAndAnyDifferenceFalse()
    {
        Assert.Equal(Ranking(1, 2, 2), Ranking(1, 2, 2));
        Assert.Equal(Ranking(1, 2, 2).GetHashCode(), Ranking(1, 2, 2).GetHashCode());
        Assert.NotEqual(Ranking(1, 2, 2), Ranking(2, 1, 2));
        Assert.NotEqual(Ranking(1, 2, 2), Ranking(1, 2, 2) with { Tags = [] });
        Assert.NotEqual(Ranking(1, 2, 2), Ranking(1, 2, 2) with { Responses = ["a", "b", "c"] });
        Assert.NotEqual(Ranking(1, 2, 2), Ranking(1, 2, 2) with { Extra = ExtraFields.None });
    }

    [Fact]
    public void ExtraFields_OtherOrderAndSpacing_AreEqual()
    {
        var (one, two) = (JsonDocument.Parse("""{"a": 1, "b": [1, {"c": null}]}""").RootElement, JsonDocument.Parse("""{"b":[1,{"c":null}],"a":1}""").RootElement);

        Assert.Equal(ExtraFields.From(one), ExtraFields.From(two));
        Assert.Equal(ExtraFields.From(one).GetHashCode(), ExtraFields.From(two).GetHashCode());
        Assert.NotEqual(ExtraFields.From(one), ExtraFields.From(two).Without("a"));
    }

    [Fact]
    public void Projections_Ranking_GivesEveryDecidedPair()
    {
        var pairs = Ranking(2, 1, 2).ToPairs().ToList();

        Assert.Equal([("b", "a"), ("b", "c")], pairs.Select(pair => (pair.Chosen.Text, pair.Rejected.Text)));
        Assert.All(pairs, pair => Assert.Equal("t", Assert.Single(pair.Tags)));
        Assert.Equal("m1", pairs[0].Rejected.Origin?.Model);
        Assert.Empty(Ranking(1, 1, 1).ToPairs());
    }

    [Fact]
    public void Projections_PairAndDemonstration_SayLessButNothingElse()
    {
        var pair = new PreferenceExample([new(Message.User, "Hi")], "good", "bad", 2) { Id = "7" };

        Assert.Equal([new UnpairedExample(pair.Prompt, "good", true) { Id = "7" }, new UnpairedExample(pair.Prompt, "bad", false) { Id = "7" }], pair.ToUnpaired());
        Assert.Equal(new RankingExample(pair.Prompt, ["good", "bad"], [1, 2]) { Id = "7" }, pair.ToRanking());
        Assert.Equal(new DemonstrationExample(pair.Prompt, "good") { Id = "7" }, pair.ToDemonstration());
        Assert.Equal(new PromptExample(pair.Prompt) { Id = "7" }, pair.ToDemonstration().ToPrompt());
        Assert.Null(new DemonstrationExample([], "good").ToPrompt());
    }
}
