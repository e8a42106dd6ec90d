using Bunit;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class RoundPagesTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(RoundsPage), ComponentState.Lists)]
    public async Task Rounds_SoMany_AreListedNewestFirst(int count)
    {
        var (project, admin) = await AddProjectAsync();
        await AddRoundsAsync(project, admin, count);

        var page = Open<RoundsPage>(project);

        Assert.Equal(Enumerable.Range(1, count).Reverse().Select(number => $"Round {number}"), page.FindAll("h3").Select(heading => heading.TextContent.Trim()));
        Assert.NotEmpty(page.FindAll("a[href$='/rounds/new']"));
    }

    [Fact]
    [Covers(typeof(RoundsPage), ComponentState.ReadOnly)]
    [Covers(typeof(RoundPage), ComponentState.One | ComponentState.ReadOnly)]
    public async Task Pages_Reviewer_SeesHowItGoesWithoutAnythingToPress()
    {
        var (project, admin) = await AddProjectAsync();
        var round = (await AddRoundsAsync(project, admin, 1))[0];
        await SignInAsync(await AddMemberAsync(project, ProjectRole.Reviewer));

        Assert.Empty(Open<RoundsPage>(project).FindAll("a[href$='/rounds/new']"));

        var page = Render<RoundPage>(parameters => parameters.Add(shown => shown.ProjectId, project).Add(shown => shown.RoundId, round));
        Assert.Contains("The disk is full.", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button, a"), press => press.TextContent.Contains("Try again", StringComparison.Ordinal) || press.TextContent.Contains("settings", StringComparison.Ordinal));
    }

    private async Task<List<Guid>> AddRoundsAsync(Guid project, Actor admin, int count)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        List<Guid> ids = [];
        for (var number = 1; number <= count; number++)
        {
            var round = new Round { ProjectId = project, Number = number, Plan = new RoundPlan { Stages = [new StagePlan { Kind = "sft" }] }, State = RoundState.Failed, Reason = "The disk is full.", CreatedById = admin.Id, CreatedAt = DateTime.UnixEpoch };
            db.AddRange(round, new Run { RoundId = round.Id, Kind = "sft", State = RunState.Failed, Reason = "The disk is full." });
            ids.Add(round.Id);
            await db.SaveChangesAsync();
        }
        return ids;
    }
}
