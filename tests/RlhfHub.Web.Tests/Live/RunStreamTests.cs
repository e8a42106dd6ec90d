using Microsoft.AspNetCore.SignalR;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Tests.Live;

public sealed class RunStreamTests : IAsyncLifetime
{
    private LiveSite live = null!;

    [Fact]
    public async Task Follow_StoredThenTold_ReplaysAndGoesOn()
    {
        await live.Run.StoreAndTellAsync(3);
        await using var events = await FollowAsync(after: 1);

        Assert.Equal([2, 3], await NextAsync(events));
        await live.Run.StoreAndTellAsync(2);
        Assert.Equal([4, 5], await NextAsync(events));
    }

    [Fact]
    public async Task Follow_ToldAfterTheyWereRead_SendsThemOnce()
    {
        await using var events = await FollowAsync();
        await live.Run.StoreAndTellAsync(1);
        Assert.Equal([1], await NextAsync(events));

        // Stored between two looks; the teller is late, and tells together with what is new.
        var late = await live.Run.StoreAsync(3);
        live.Run.Tell([.. late.Skip(2)]);   // out of order: 2 and 3 are read from the database, and 4 with them
        Assert.Equal([2, 3, 4], await NextAsync(events));
        live.Run.Tell(late);
        await live.Run.StoreAndTellAsync(1);

        Assert.Equal([5], await NextAsync(events));
    }

    [Fact]
    public async Task Follow_MoreEventsThanAreReadAtOnce_BringsAllInOrder()
    {
        await live.Run.StoreAndTellAsync(RunStream.EventsAtOnce);
        await live.Run.StoreAndTellAsync(RunStream.EventsAtOnce + 1);
        await using var events = await FollowAsync();
        List<long> heard = [];

        while (heard.Count < live.Run.Last) heard.AddRange(await NextAsync(events));

        Assert.Equal(Numbers(1, live.Run.Last), heard);
    }

    [Fact]
    public async Task Follow_ClientIsSlow_ReadsWhatItMissedFromTheDatabase()
    {
        await live.Run.StoreAndTellAsync(1);
        await using var events = await FollowAsync();
        List<long> heard = [.. await NextAsync(events)];

        // Nobody takes anything out of the inbox meanwhile.
        for (var stored = 0; stored <= RunInbox.Capacity; stored += 500) await live.Run.StoreAndTellAsync(500);
        while (heard.Count < live.Run.Last) heard.AddRange(await NextAsync(events));
        await live.Run.StoreAndTellAsync(1);
        heard.AddRange(await NextAsync(events));

        Assert.Equal(Numbers(1, live.Run.Last), heard);
    }

    [Fact]
    public void Inbox_TooMuch_KeepsNothingAndSaysSo()
    {
        var inbox = new RunInbox(TimeProvider.System);
        var many = Numbers(1, RunInbox.Capacity).Select(seq => new ReadEvent(seq, DateTime.UtcNow, "metric", "{}")).ToList();

        inbox.Put(many);
        Assert.Equal((RunInbox.Capacity, false), Taken(inbox));
        inbox.Put(many);
        inbox.Put([many[0]]);
        Assert.Equal((0, true), Taken(inbox));
        Assert.Equal((0, false), Taken(inbox));
    }

    [Fact]
    public async Task Follow_EventThatTheRunDoesNotHave_IsRefused()
    {
        await live.Run.StoreAndTellAsync(3);

        var unknown = await Assert.ThrowsAsync<HubException>(async () => await NextAsync(await FollowAsync(after: 4)));
        var negative = await Assert.ThrowsAsync<HubException>(async () => await NextAsync(await FollowAsync(after: -1)));

        Assert.Equal("The run has no event 4; begin again after 0.", unknown.Message);
        Assert.Contains("below 0", negative.Message);
    }

    [Fact]
    public async Task Follow_RunOfAnotherProject_IsRefused()
    {
        var other = await live.Get<ProjectService>().CreateAsync(live.Admin, new ProjectDraft { Name = "Other" }, default);
        await live.Run.StoreAndTellAsync(1);

        var error = await Assert.ThrowsAsync<HubException>(async () =>
        {
            await using var events = live.Runs.FollowAsync(await live.PrincipalAsync(live.Admin), other, live.Run.Id, 0, default).GetAsyncEnumerator();
            await events.MoveNextAsync();
        });

        Assert.Equal($"There is no run {live.Run.Id}.", error.Message);
    }

    [Fact]
    public async Task Follow_MemberIsRemovedWhileEventsCome_HearsNoMoreAfterTheNextCheck()
    {
        var reviewer = await live.AddAsync(ProjectRole.Reviewer);
        await live.Run.StoreAndTellAsync(1);
        await using var events = live.Runs.FollowAsync(await live.PrincipalAsync(reviewer), live.Project, live.Run.Id, 0, default).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        await live.Get<MemberService>().RemoveAsync(live.Admin, live.Project, reviewer.Id, default);
        live.Time.Advance(LiveListener.Interval);
        await live.Run.StoreAndTellAsync(1);

        var error = await Assert.ThrowsAsync<HubException>(async () => await events.MoveNextAsync());
        Assert.Equal($"There is no project {live.Project}.", error.Message);
    }

    [Fact]
    public async Task Follow_TokenIsRevokedWhileNothingHappens_EndsTheStream()
    {
        await live.Run.StoreAndTellAsync(1);
        await using var events = await FollowAsync();
        await NextAsync(events);
        var next = events.MoveNextAsync().AsTask();

        var tokens = live.Get<PersonalTokenService>();
        foreach (var token in await tokens.ListAsync(live.Admin, default)) await tokens.RevokeAsync(live.Admin, token.Id, default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!next.IsCompleted)
        {
            live.Time.Advance(LiveListener.Interval);
            await Task.Delay(10, patience.Token);
        }

        Assert.Equal("Sign in first.", (await Assert.ThrowsAsync<HubException>(() => next)).Message);
        // An answer is good for so long, and it is looked at after so long at the latest.
        Assert.True(2 * LiveListener.Interval <= TimeSpan.FromMinutes(1));
    }

    public async Task InitializeAsync() => live = await LiveSite.CreateAsync();

    public async Task DisposeAsync() => await live.DisposeAsync();

    private static IEnumerable<long> Numbers(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(number => (long)number);

    private static (int Count, bool HasLost) Taken(RunInbox inbox)
    {
        var (events, hasLost) = inbox.Take();
        return (events.Count, hasLost);
    }

    private static async Task<IReadOnlyList<long>> NextAsync(IAsyncEnumerator<IReadOnlyList<RunEventDetails>> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        return [.. events.Current.Select(item => item.Seq)];
    }

    // It begins when it is first asked for something.
    private async Task<IAsyncEnumerator<IReadOnlyList<RunEventDetails>>> FollowAsync(long after = 0) =>
        live.Runs.FollowAsync(await live.PrincipalAsync(live.Admin), live.Project, live.Run.Id, after, default).GetAsyncEnumerator();
}
