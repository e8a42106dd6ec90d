using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class LabelingViewTests : ComponentTest
{
    [Fact]
    public void Render_NotStarted_SaysThatItLoads()
    {
        var view = Show(new LabelingSession(new FakeDesk(1), TimeProvider.System));

        Assert.NotNull(view.Find("[aria-label='Getting the next task']"));
        Assert.Empty(view.FindAll("[data-task]"));
    }

    [Fact]
    public async Task Render_EmptyQueue_SaysThatNothingWaits()
    {
        var view = Show(await StartAsync(new FakeDesk(0)));

        Assert.Equal("Nothing waits for you now", view.Find("h2").TextContent);
        Assert.True(view.Find("button[aria-keyshortcuts=k]").HasAttribute("disabled"));
    }

    [Fact]
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
