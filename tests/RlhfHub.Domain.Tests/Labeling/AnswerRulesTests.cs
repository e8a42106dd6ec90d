using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.Labeling;

public sealed class AnswerRulesTests
{
    private static readonly ProjectSettings Settings = new()
    {
        Comparison = new() { Strengths = 2, AllowsTie = false, AllowsBothBad = false, Aspects = ["Truth"], Rationale = RationaleRule.Required },
        Ranking = new() { AllowsTies = false },
        Classification = new() { Labels = [new() { Name = "spam" }, new() { Name = "ham" }] },
        Demonstration = new() { MinCharacters = 5 },
        MaxReplyCharacters = 20,
    };

    public static TheoryData<Answer, int, string> Wrong => new()
    {
        { new DemonstrationAnswer { Text = " " }, 0, "The reply is empty" },
        { new DemonstrationAnswer { Text = "abc" }, 0, "at least 5" },
        { new DemonstrationAnswer { Text = new string('a', 21) }, 0, "at most 20" },
        { new DemonstrationAnswer { Text = "a good one", DraftPlace = 2 }, 1, "There is no draft 2" },
        { Compared(new() { Better = 2, Strength = 1 }), 2, "it must be 0" },
        { Compared(new() { Better = 0, Strength = 3 }), 2, "takes 1 to 2" },
        { Compared(new() { Better = 0 }), 2, "takes 1 to 2" },
        { Compared(new()), 2, "takes no ties" },
        { Compared(new() { BothBad = true }), 2, "does not take 'both bad'" },
        { new ComparisonAnswer { Better = 0, Strength = 1, Rationale = "so" }, 2, "'Truth' has no answer" },
        { Compared(new() { Better = 0, Strength = 1 }) with { Rationale = null }, 2, "asks why" },
        { Compared(new() { Better = 0, Strength = 1 }) with { Aspects = new Dictionary<string, int> { ["Truth"] = 3 } }, 2, "from -2 to 2" },
        { Compared(new() { Better = 0, Strength = 1 }) with { Aspects = new Dictionary<string, int> { ["Truth"] = 1, ["Beauty"] = 1 } }, 2, "does not ask about 'Beauty'" },
        { Compared(new() { Better = 0, Strength = 1, BetterReply = "" }), 2, "leave it out" },
        { new RankingAnswer { Ranks = [1, 2] }, 3, "2 ranks for 3 replies" },
        { new RankingAnswer { Ranks = [1, 3, 4] }, 3, "leave none out" },
        { new RankingAnswer { Ranks = [0, 1, 2] }, 3, "begin at 1" },
        { new RankingAnswer { Ranks = [1, 1, 2] }, 3, "takes no ties" },
        { new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = 6, ["Harmlessness"] = 1, ["Honesty"] = 1 } }, 1, "from 1 to 5" },
        { new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = 5 } }, 1, "'Harmlessness' is not rated" },
        { new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = 5, ["Harmlessness"] = 1, ["Honesty"] = 1, ["Wit"] = 1 } }, 1, "does not rate 'Wit'" },
        { new ClassificationAnswer { Labels = [] }, 1, "No label is given" },
        { new ClassificationAnswer { Labels = ["spam", "ham"] }, 1, "takes one" },
        { new ClassificationAnswer { Labels = ["eggs"] }, 1, "'eggs' is no label" },
        { new ChatAnswer(), 0, "The chat is empty" },
        { new ChatAnswer { Turns = [new("Hello", ["Hi", "Hey"], 2, 1)] }, 0, "There is no reply 2" },
        { new ChatAnswer { Turns = [new("", ["Hi"], 0, 1)] }, 0, "What is said" },
    };

    public static TheoryData<Answer, int> Right => new()
    {
        { new DemonstrationAnswer { Text = "A good one." }, 0 },
        { Compared(new() { Better = 1, Strength = 2 }), 2 },
        { new RankingAnswer { Ranks = [2, 1, 3] }, 3 },
        { new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = 5, ["Harmlessness"] = 1, ["Honesty"] = 3 } }, 1 },
        { new ClassificationAnswer { Labels = ["ham"] }, 1 },
        { new ChatAnswer { Turns = [new("Hello", ["Hi", "Hey"], 1, 0)] }, 0 },
        { new ComparisonAnswer { CannotJudge = true }, 2 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Check_Wrong_SaysWhatWouldBeRight(Answer answer, int responses, string says)
    {
        var error = Assert.Throws<InvalidRequestException>(() => AnswerRules.Check(answer, answer.Kind, Settings, responses));

        Assert.Contains(says, error.Message);
    }

    [Theory]
    [MemberData(nameof(Right))]
    public void Check_Right_IsTaken(Answer answer, int responses) => AnswerRules.Check(answer, answer.Kind, Settings, responses);

    [Theory]
    [InlineData("01")]
    [InlineData("10")]
    [InlineData("2031")]
    public void ShownAnswer_ThereAndBack_IsTheSame(string order)
    {
        Answer[] answers = order.Length == 2
            ? [new ComparisonAnswer { Better = 1, Strength = 2, Aspects = new Dictionary<string, int> { ["Truth"] = -2 } }, new DemonstrationAnswer { Text = "x", DraftPlace = 0 }]
            : [new RankingAnswer { Ranks = [3, 1, 2, 2] }];

        foreach (var answer in answers)
        {
            var stored = ShownAnswer.ToPlaces(answer, order);
            Assert.Equal(RlhfHub.Domain.Data.JsonText.Write(answer), RlhfHub.Domain.Data.JsonText.Write(ShownAnswer.ToShown(stored, order)));
        }
    }

    [Fact]
    public void ToPlaces_Swapped_TurnsTheBetterReplyAndTheAspectsAround()
    {
        var stored = (ComparisonAnswer)ShownAnswer.ToPlaces(new ComparisonAnswer { Better = 0, Strength = 2, Aspects = new Dictionary<string, int> { ["Truth"] = -2 } }, "10");

        Assert.Equal(1, stored.Better);
        Assert.Equal(2, stored.Aspects["Truth"]);
    }

    [Fact]
    public void ToPlaces_Ranking_GivesEachReplyTheRankOfWhereItWasShown()
    {
        var stored = (RankingAnswer)ShownAnswer.ToPlaces(new RankingAnswer { Ranks = [1, 2, 3] }, "201");

        Assert.Equal([2, 3, 1], stored.Ranks);
    }

    private static ComparisonAnswer Compared(ComparisonAnswer answer) => answer with { Aspects = new Dictionary<string, int> { ["Truth"] = 0 }, Rationale = "because" };
}
