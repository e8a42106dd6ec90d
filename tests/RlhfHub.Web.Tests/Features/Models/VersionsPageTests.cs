using Bunit;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Models;

public sealed class VersionsPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(VersionsPage), ComponentState.Lists)]
    [Covers(typeof(VersionCard), ComponentState.One)]
    [Covers(typeof(HeadToHeadForm), ComponentState.Empty | ComponentState.Many)]
    public async Task Open_SoManyVersions_ShowsEachAndOffersItForAComparison(int count)
    {
        var (project, admin) = await AddProjectAsync();
        await AddVersionsAsync(project, admin, count);

        var page = Open<VersionsPage>(project);

        Assert.Equal(Enumerable.Range(1, count).Select(number => $"round {number} sft").Reverse(), page.FindAll("article h3").Select(heading => heading.TextContent));
        Assert.Equal(count + 1, page.FindAll("#first option").Count);   // the base model too
        Assert.Equal(count == 0, page.Markup.Contains("No round has left a model yet", StringComparison.Ordinal));
    }

    [Fact]
    [Covers(typeof(VersionsPage), ComponentState.ReadOnly)]
    [Covers(typeof(VersionCard), ComponentState.ReadOnly)]
    [Covers(typeof(HeadToHeadList), ComponentState.ReadOnly)]
    public async Task Open_Reviewer_ReadsWithoutAnythingToPress()
    {
        var (project, admin) = await AddProjectAsync();
        var versions = await AddVersionsAsync(project, admin, 1);
        await AddHeadToHeadAsync(project, admin, versions[0]);
        await SignInAsync(await AddMemberAsync(project, ProjectRole.Reviewer));

        var page = Open<VersionsPage>(project);

        Assert.Single(page.FindAll("article"));
        Assert.Single(page.FindAll("tbody tr"));
        Assert.Empty(page.FindAll("article button, article a, tbody button, form"));
    }

    [Fact]
    public async Task Promote_OneAfterTheOther_OneIsInUseAndTheProjectsRepliesComeFromIt()
    {
        var (project, admin) = await AddProjectAsync();
        var versions = await AddVersionsAsync(project, admin, 2);
        var page = Open<VersionsPage>(project);

        page.Find("[aria-label='Use round 1 sft']").Click();
        page.Find("[aria-label='Use round 2 sft']").Click();

        Assert.Equal([VersionState.InUse, VersionState.Candidate], (await Get<VersionService>().ListAsync(admin, project, new(), default)).Items.Select(version => version.State));
        Assert.Equal(ModelVersion.ServedNameOf(versions[1]), (await Get<ModelService>().GetAsync(admin, project, default)).Name);
        Assert.Empty(page.FindAll("[aria-label='Use round 2 sft']"));
        Assert.Contains("round 2 sft, a version", Open<ModelsPage>(project).FindAll("#model-installed option").Select(option => option.TextContent));
    }

    [Fact]
    [Covers(typeof(HeadToHeadForm), ComponentState.Error)]
    public async Task Compare_AModelWithItselfOrWithoutPrompts_SaysWhy()
    {
        var (project, admin) = await AddProjectAsync();
        await AddVersionsAsync(project, admin, 1);
        var page = Open<VersionsPage>(project);

        page.Find("form").Submit();
        Assert.Contains("no prompts in the split", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        await AddPromptsAsync(admin, project, 30);
        page.Find("#h2h-split").Change("Train");
        page.Find("#second").Change(page.Find("#first option").GetAttribute("value")!);
        page.Find("form").Submit();
        Assert.Contains("Both are the same model", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty((await Get<HeadToHeadService>().ListAsync(admin, project, new(), default)).Items);
    }

    private async Task<List<Guid>> AddVersionsAsync(Guid project, Actor admin, int count)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        List<Guid> ids = [];
        for (var number = 1; number <= count; number++)
        {
            var round = new Round { ProjectId = project, Number = number, Plan = new RoundPlan { Stages = [new StagePlan { Kind = "sft" }] }, State = RoundState.Completed, CreatedById = admin.Id, CreatedAt = DateTime.UnixEpoch };
            var run = new Run { Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddSeconds(number)), RoundId = round.Id, Number = 0, Kind = "sft", State = RunState.Completed };
            db.AddRange(round, run, new ModelVersion { Id = run.Id, ProjectId = project, Name = $"round {number} sft", Kind = "sft", BaseModel = "starter", RunId = run.Id, Metrics = new Dictionary<string, double> { ["eval_loss"] = 1.25 }, SizeBytes = 4_500_000, CreatedAt = DateTime.UnixEpoch });
            ids.Add(run.Id);
        }
        await db.SaveChangesAsync();
        return ids;
    }

    private async Task AddHeadToHeadAsync(Guid project, Actor admin, Guid version)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        db.Add(new HeadToHead { ProjectId = project, First = new ModelAddress(ModelSource.Own, "starter"), FirstVersionId = version, Second = new ModelAddress(ModelSource.Own, "starter"), Order = new HeadToHeadOrder(), State = CandidateState.Completed, CreatedById = admin.Id, CreatedAt = DateTime.UnixEpoch });
        await db.SaveChangesAsync();
    }
}
