using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class LabelingPartsTests : ComponentTest
{
    public static TheoryData<TaskKind> Kinds => [.. KindNames.All];

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(9, 4, 9)]
    [Covers(typeof(Conversation), ComponentState.Lists)]
    public void Conversation_SoManyMessages_ShowsTheLastAndUnfoldsTheRest(int count, int folded, int whole)
    {
        var conversation = Render<Conversation>(parameters => parameters.Add(view => view.Messages, [.. Enumerable.Range(0, count).Select(index => new Message(index % 2 == 0 ? Message.User : Message.Assistant, $"Message {index}"))]));
        Assert.Equal(folded, conversation.FindAll(".message").Count);
        if (count > 0) Assert.Contains($"Message {count - 1}", conversation.FindAll(".message")[^1].TextContent, StringComparison.Ordinal);

        foreach (var button in conversation.FindAll("button")) button.Click();

        Assert.Equal(whole, conversation.FindAll(".message").Count);
    }

    [Theory]
    [InlineData(0, new string[0])]
    [InlineData(1, new[] { "Reply" })]
    [InlineData(3, new[] { "A", "B", "C" })]
    [Covers(typeof(ReplyPanes), ComponentState.Lists)]
    public void ReplyPanes_SoManyReplies_AreNamed(int count, string[] names) =>
        Assert.Equal(names, Render<ReplyPanes>(parameters => parameters.Add(view => view.Replies, [.. Enumerable.Range(0, count).Select(index => $"Text {index}")])).FindAll("section h2").Select(name => name.TextContent.Trim()));

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("""{"text": "  "}""", 0)]
    [InlineData("""{"text": "half a reply"}""", 1)]
    [InlineData("""{"text": "half a reply", "rationale": "because"}""", 2)]
    [Covers(typeof(OtherDrafts), ComponentState.Lists)]
    public void OtherDrafts_OnlyThoseThatHoldWords_AreOffered(string content, int texts)
    {
        var drafts = Render<OtherDrafts>(parameters => parameters.Add(view => view.Drafts, [new SavedDraft("phone", 1, content, DateTime.UnixEpoch)]));

        Assert.Equal(texts, drafts.FindAll("[dir=auto]").Count);
        Assert.Equal(texts > 0 ? 1 : 0, drafts.FindAll("[data-swap]").Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Covers(typeof(DraftField), ComponentState.Empty | ComponentState.ReadOnly)]
    public void DraftField_Empty_TakesWordsOnlyWhereItMayBeWrittenIn(bool isReadOnly)
    {
        string? written = null;
        var field = Render<DraftField>(parameters => parameters.Add(view => view.Label, "Why?").Add(view => view.Name, "rationale").Add(view => view.Text, "").Add(view => view.IsReadOnly, isReadOnly).Add(view => view.ValueChanged, text => written = text));
        var area = field.Find("textarea");
        Assert.Equal((isReadOnly, ""), (area.HasAttribute("readonly"), area.GetAttribute("value") ?? ""));

        if (!isReadOnly) area.Change("Because.");

        Assert.Equal(isReadOnly ? null : "Because.", written);
    }

    [Fact]
    [Covers(typeof(WrittenText), ComponentState.Empty)]
    public void WrittenText_Empty_IsAnEmptyPlace() => Assert.Equal("", Render<WrittenText>(parameters => parameters.Add(view => view.Text, "")).Find("[dir=auto]").TextContent);

    [Fact]
    [Covers(typeof(ScaleRow), ComponentState.Many)]
    public void ScaleRow_SevenPoints_MarksTheChosenOneAndTellsOfAnother()
    {
        var picked = 0;
        var row = Render<ScaleRow>(parameters => parameters.Add(view => view.Label, "Better?").Add(view => view.Points, ComparisonScale.Of(new ComparisonSettings())).Add(view => view.Value, -3).Add(view => view.ValueChanged, value => picked = value));
        Assert.Equal(["true", "false", "false", "false", "false", "false", "false"], row.FindAll("button").Select(button => button.GetAttribute("aria-pressed")));

        row.FindAll("button")[6].Click();

        Assert.Equal(3, picked);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Covers(typeof(KeyList), ComponentState.Many)]
    public void KeyList_OfEachKind_SaysWhatEachKeyDoesOnce(TaskKind kind)
    {
        var keys = Render<KeyList>(parameters => parameters.Add(view => view.Kind, kind).Add(view => view.Settings, new ProjectSettings())).FindAll("dt").Select(key => key.TextContent).ToList();

        Assert.Contains("s", keys);
        Assert.Equal(keys.Distinct(), keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Covers(typeof(ReviewKeys), ComponentState.Many)]
    public void ReviewKeys_OfBothWays_SayWhatEachKeyDoesOnce(bool isSettling)
    {
        var keys = Render<ReviewKeys>(parameters => parameters.Add(view => view.IsSettling, isSettling)).FindAll("dt").Select(key => key.TextContent).ToList();

        Assert.Equal(!isSettling, keys.Contains("a"));
        Assert.Equal(keys.Distinct(), keys);
    }
}
