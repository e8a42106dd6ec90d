using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Tests.Live;

public sealed class ProjectStreamTests : IAsyncLifetime
{
    private LiveSite live = null!;

    [Fact]
    public async Task Follow_Reviewer_HearsOfRoundsRunsAndTasksOfThisProject()
    {
        await using var messages = await FollowAsync(await live.AddAsync(ProjectRole.Reviewer));
        Assert.Equal([new("joined")], await NextAsync(messages, 1));
        var round = Guid.NewGuid();

        live.Feed.Tell(new RoundNews(Guid.NewGuid(), Guid.NewGuid()));
        live.Feed.Tell(new RoundNews(live.Project, round));
        live.Feed.Tell(new TaskNews(live.Project));
        await live.Run.StoreAndTellAsync(2);

        Assert.Equal([new("round", round), new("tasks"), new("run", live.Run.RoundId, live.Run.Id, 2)], await NextAsync(messages, 3));
    }

    [Fact]
    public async Task Follow_Rater_HearsOfTasksOnly()
    {
        await using var messages = await FollowAsync(await live.AddAsync(ProjectRole.Rater));
        await NextAsync(messages, 1);

        live.Feed.Tell(new RoundNews(live.Project, Guid.NewGuid()));
        await live.Run.StoreAndTellAsync(1);
        live.Feed.Tell(new TaskNews(live.Project));

        Assert.Equal([new("tasks")], await NextAsync(messages, 1));
    }

    [Fact]
    public async Task Follow_ClientIsSlow_HearsOfEachThingOnceAndOfItsLastState()
    {
        await using var messages = await FollowAsync(live.Admin);
        await NextAsync(messages, 1);

        for (var told = 0; told < 1000; told++)
        {
            live.Feed.Tell(new TaskNews(live.Project));
            live.Feed.Tell(new RoundNews(live.Project, live.Run.RoundId));
        }
        await live.Run.StoreAndTellAsync(1);
        await live.Run.StoreAndTellAsync(1);

        Assert.Equal([new("tasks"), new("round", live.Run.RoundId), new("run", live.Run.RoundId, live.Run.Id, 2)], await NextAsync(messages, 3));
    }

    [Fact]
    public async Task Follow_ReviewerBecomesRater_HearsNoMoreOfRoundsAfterTheNextCheck()
    {
        var person = await live.AddAsync(ProjectRole.Reviewer);
        await using var messages = await FollowAsync(person);
        await NextAsync(messages, 1);

        await live.Get<MemberService>().ChangeAsync(live.Admin, live.Project, person.Id, new MemberChange(ProjectRole.Rater, [], IsPaused: false), default);
        live.Time.Advance(LiveListener.Interval);
        live.Feed.Tell(new RoundNews(live.Project, Guid.NewGuid()));
        live.Feed.Tell(new TaskNews(live.Project));

        Assert.Equal([new("tasks")], await NextAsync(messages, 1));
    }

    public async Task InitializeAsync() => live = await LiveSite.CreateAsync();

    public async Task DisposeAsync() => await live.DisposeAsync();

    private static async Task<IReadOnlyList<ProjectMessage>> NextAsync(IAsyncEnumerator<ProjectMessage> messages, int count)
    {
        List<ProjectMessage> heard = [];
        while (heard.Count < count)
        {
            Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            heard.Add(messages.Current);
        }
        return heard;
    }

    private async Task<IAsyncEnumerator<ProjectMessage>> FollowAsync(Actor person) => live.Projects.FollowAsync(await live.PrincipalAsync(person), live.Project, default).GetAsyncEnumerator();
}
