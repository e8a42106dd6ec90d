using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class LabelingViewTests : ComponentTest
{
    [Fact]
    [Covers(typeof(LabelingView), ComponentState.Loading)]
    public void Render_NotStarted_SaysThatItLoads()
    {
        var view = Show(new LabelingSession(new FakeDesk(1), TimeProvider.System));

        Assert.NotNull(view.Find("[aria-label='Getting the next task']"));
        Assert.Empty(view.FindAll("[data-task]"));
    }

    [Fact]
    [Covers(typeof(LabelingView), ComponentState.Empty)]
    public async Task Render_EmptyQueue_SaysThatNothingWaits()
    {
        var view = Show(await StartAsync(new FakeDesk(0)));

        Assert.Equal("Nothing waits for you now", view.Find("h2").TextContent);
        Assert.True(view.Find("button[aria-keyshortcuts=k]").HasAttribute("disabled"));
    }

    [Fact]
    [Covers(typeof(LabelingView), ComponentState.One)]
    public async Task KeyAsync_OneKeyOnAComparison_IsTheAnswerAndOffersUndo()
    {
        var desk = new FakeDesk(2);
        var view = Show(await StartAsync(desk));

        await view.InvokeAsync(() => view.Instance.KeyAsync("6"));

        var answer = Assert.IsType<ComparisonAnswer>(Assert.Single(desk.Received).Submission.Answer);
        Assert.Equal((1, 2), (answer.Better, answer.Strength));
        Assert.Contains("B is better, strength 2", view.Markup, StringComparison.Ordinal);

        await view.InvokeAsync(() => view.Instance.KeyAsync("u"));
        Assert.Single(desk.Undone);
        Assert.Equal("true", view.Find("button[aria-keyshortcuts='6']").GetAttribute("aria-pressed"));
    }

    [Fact]
    [Covers(typeof(BetterReplyOffer), ComponentState.One)]
    public async Task KeyAsync_BetterReplyAfterBothBad_IsAddedToTheStoredAnswer()
    {
        var desk = new FakeDesk(2);
        var session = await StartAsync(desk);
        var view = Show(session);
        await view.InvokeAsync(() => view.Instance.KeyAsync("0"));
        var waiting = session.Current!.AssignmentId;

        await view.InvokeAsync(() => view.Instance.KeyAsync("w"));
        Assert.Equal(desk.Received[0].AssignmentId, session.Shown);
        view.Find("textarea").Change("Water it when the soil is dry.");
        await view.InvokeAsync(() => view.Instance.KeyAsync("Send"));

        var better = Assert.IsType<ComparisonAnswer>(Assert.Single(desk.Edited).Submission.Answer);
        Assert.Equal((true, "Water it when the soil is dry."), (better.BothBad, better.BetterReply));
        Assert.Equal(waiting, session.Shown);
        Assert.False(session.CanOffer);
        Assert.Equal(1, session.Count);
    }

    [Fact]
    [Covers(typeof(BetterReplyOffer), ComponentState.Empty)]
    public async Task KeyAsync_NoBetterReplyWritten_SendsNothing()
    {
        var desk = new FakeDesk(2);
        var view = Show(await StartAsync(desk));
        await view.InvokeAsync(() => view.Instance.KeyAsync("0"));
        await view.InvokeAsync(() => view.Instance.KeyAsync("w"));

        await view.InvokeAsync(() => view.Instance.KeyAsync("Send"));

        Assert.Empty(desk.Edited);
        Assert.NotNull(view.Find("[data-draft=betterReply]"));
    }

    [Fact]
    public async Task KeyAsync_GoOnWithout_ShowsTheTaskThatWaits()
    {
        var session = await StartAsync(new FakeDesk(2));
        var view = Show(session);
        await view.InvokeAsync(() => view.Instance.KeyAsync("0"));
        await view.InvokeAsync(() => view.Instance.KeyAsync("w"));

        await view.InvokeAsync(() => view.Instance.KeyAsync("x"));

        Assert.Equal(session.Current!.AssignmentId, session.Shown);
        Assert.True(session.CanOffer);
    }

    [Fact]
    public async Task KeyAsync_SkipKey_AsksForAReasonFirst()
    {
        var desk = new FakeDesk(2);
        var view = Show(await StartAsync(desk));

        await view.InvokeAsync(() => view.Instance.KeyAsync("k"));
        await view.InvokeAsync(() => view.Instance.KeyAsync("1"));
        Assert.Empty(desk.Received);
        Assert.Empty(desk.SkipReasons);
        view.Find("#skip-reason").Change("two languages");
        view.Find("form").Submit();

        Assert.Equal(["two languages"], desk.SkipReasons);
        Assert.Empty(view.FindAll("#skip-reason"));
    }

    [Fact]
    [Covers(typeof(LabelingView), ComponentState.Error)]
    public async Task Render_AnswerNotStored_KeepsItAndSendsItAgain()
    {
        var desk = new FakeDesk(2);
        var view = Show(await StartAsync(desk));
        desk.Failure = new IOException("No space left on device");
        await view.InvokeAsync(() => view.Instance.KeyAsync("1"));
        Assert.Contains("No space left on device", view.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        desk.Failure = null;

        await view.InvokeAsync(() => view.Instance.KeyAsync("Enter"));

        Assert.Equal(2, desk.Received.Count);
        Assert.NotNull(view.Find("[data-task]"));
    }

    private static async Task<LabelingSession> StartAsync(FakeDesk desk)
    {
        var session = new LabelingSession(desk, TimeProvider.System);
        await session.StartAsync();
        return session;
    }

    private IRenderedComponent<LabelingView> Show(LabelingSession session) =>
        Render<LabelingView>(parameters => parameters.Add(view => view.Session, session).Add(view => view.Settings, new ProjectSettings()));
}
