using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class LabelingSessionTests
{
    private static readonly ComparisonAnswer FirstIsBetter = new() { Better = 0, Strength = 1 };

    [Fact]
    public async Task AnswerAsync_BeforeItIsStored_ShowsTheNextTaskAtOnce()
    {
        var stored = new TaskCompletionSource();
        var desk = new FakeDesk(3);
        var session = await StartAsync(desk);
        var first = session.Current!;
        desk.Gate = stored.Task;

        var sending = session.AnswerAsync(FirstIsBetter);

        Assert.Equal(LabelingState.Task, session.State);
        Assert.NotEqual(first.AssignmentId, session.Current!.AssignmentId);
        Assert.True(session.IsSending);
        stored.SetResult();
        await sending;
        Assert.False(session.IsSending);
        Assert.Equal(first.AssignmentId, session.Last!.Task.AssignmentId);
        Assert.Equal(3, desk.Received.Single().Submission.GuidelinesVersion);
    }

    [Fact]
    public async Task RetryAsync_AfterAFullDisk_SendsTheSameKeyAgainAndGoesOn()
    {
        var desk = new FakeDesk(3);
        var session = await StartAsync(desk);
        desk.Failure = new IOException("No space left on device");
        await session.AnswerAsync(FirstIsBetter);
        Assert.Equal(LabelingState.Failed, session.State);

        await session.AnswerAsync(FirstIsBetter);
        Assert.Single(desk.Received);
        desk.Failure = null;
        await session.RetryAsync();

        Assert.Equal(2, desk.Received.Count);
        Assert.Equal(desk.Received[0].Submission.ClientKey, desk.Received[1].Submission.ClientKey);
        Assert.Equal(LabelingState.Task, session.State);
        Assert.Equal(1, session.Count);
    }

    [Fact]
    public async Task AnswerAsync_Refused_BringsTheTaskBackWithTheReason()
    {
        var desk = new FakeDesk(2);
        var session = await StartAsync(desk);
        var first = session.Current!;
        desk.Failure = new InvalidRequestException("answer.rationale", "This project asks why.");

        await session.AnswerAsync(FirstIsBetter);

        Assert.Same(first, session.Current);
        Assert.Equal("This project asks why.", session.Problem);
        Assert.Null(session.Last);
    }

    [Fact]
    public async Task AnswerAsync_NoMemberAnyMore_EndsTheWork()
    {
        var desk = new FakeDesk(2);
        var session = await StartAsync(desk);
        desk.Failure = AccessException.Forbidden("This project is archived.");

        await session.AnswerAsync(FirstIsBetter);

        Assert.Equal(LabelingState.Refused, session.State);
        Assert.Equal("This project is archived.", session.Problem);
    }

    [Fact]
    public async Task UndoAsync_AfterTwoAnswers_TakesThemBackLastFirst()
    {
        var desk = new FakeDesk(3);
        var session = await StartAsync(desk);
        var first = session.Current!;
        await session.AnswerAsync(FirstIsBetter);
        var second = session.Current!;
        await session.AnswerAsync(new ComparisonAnswer { BothBad = true });

        await session.UndoAsync();
        Assert.Equal(second.AssignmentId, session.Current!.AssignmentId);
        Assert.Equal(new ComparisonAnswer { BothBad = true }.BothBad, ((ComparisonAnswer)session.Current.EarlierAnswer!).BothBad);
        await session.UndoAsync();

        Assert.Equal(first.AssignmentId, session.Current!.AssignmentId);
        Assert.Equal([second.AssignmentId, first.AssignmentId], desk.Undone);
        Assert.Null(session.Last);
    }

    [Fact]
    public async Task SkipAsync_WithAReason_PassesTheTaskOn()
    {
        var desk = new FakeDesk(2);
        var session = await StartAsync(desk);
        var first = session.Current!;

        await session.SkipAsync("cannot read it");

        Assert.Equal(["cannot read it"], desk.SkipReasons);
        Assert.NotEqual(first.AssignmentId, session.Current!.AssignmentId);
        Assert.Empty(desk.Received);
    }

    [Fact]
    public async Task AnswerAsync_LastTask_SaysThatNothingWaits()
    {
        var session = await StartAsync(new FakeDesk(1));

        await session.AnswerAsync(FirstIsBetter);

        Assert.Equal(LabelingState.NothingWaits, session.State);
    }

    private static async Task<LabelingSession> StartAsync(FakeDesk desk)
    {
        var session = new LabelingSession(desk, TimeProvider.System);
        Assert.Equal(LabelingState.Loading, session.State);
        await session.StartAsync();
        return session;
    }
}
