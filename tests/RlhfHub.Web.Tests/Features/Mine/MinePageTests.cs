using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Web.Features.Mine;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Mine;

public sealed class MinePageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Covers(typeof(MinePage), ComponentState.Lists)]
    public async Task Open_AfterSoManyKindsOfWork_HasARowForEach(int kinds)
    {
        TaskKind[] used = [TaskKind.Comparison, TaskKind.Ranking];
        var (project, admin) = await AddProjectAsync(settings: new() { Kinds = used });
        var rater = await AddMemberAsync(project);
        for (var kind = 0; kind < kinds; kind++)
        {
            await AddTasksAsync(admin, project, 1, used[kind]);
            await AnswerAsync(rater, project, 1, task => task.Kind == TaskKind.Ranking ? new RankingAnswer { Ranks = [1, 2] } : new ComparisonAnswer { Better = 0, Strength = 1 });
        }
        await SignInAsync(rater);

        var page = Open<MinePage>(project);

        Assert.Equal($"{kinds}", page.Find("#answers").TextContent);
        Assert.Equal(kinds, page.FindAll("tbody tr").Count);
    }
}
