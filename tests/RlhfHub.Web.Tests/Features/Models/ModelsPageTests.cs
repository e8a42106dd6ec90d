using Bunit;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Models;

public sealed class ModelsPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(ModelsPage), ComponentState.Lists)]
    public async Task LetThrough_EachReplyThatWasHeldBack_LeavesNone(int count)
    {
        var (project, admin) = await AddProjectAsync();
        await AddPromptsAsync(admin, project, count);
        await HoldBackAsync(project);
        var page = Open<ModelsPage>(project);
        Assert.Equal(count, page.FindAll(".flagged > li").Count);

        for (var index = 0; index < count; index++) page.FindAll("button").First(button => button.TextContent == "Let it through").Click();

        Assert.Empty(page.FindAll("#flagged, .jobs"));
        Assert.NotNull(page.Find("#model-server-state"));
    }

    [Fact]
    [Covers(typeof(ModelsPage), ComponentState.Error)]
    [Covers(typeof(ModelForm), ComponentState.Error)]
    public async Task Choose_AddressThatIsNone_SaysSoBesideTheField()
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<ModelsPage>(project);
        page.Find("#model-source").Change("Endpoint");
        page.Find("#model-endpoint").Change("nowhere");
        page.Find("#model-name").Change("any");

        page.FindAll("form")[0].Submit();

        Assert.Equal(("true", "endpoint-problem"), (page.Find("#model-endpoint").GetAttribute("aria-invalid"), page.Find("#model-endpoint").GetAttribute("aria-describedby")));
        Assert.NotEqual("", page.Find("#endpoint-problem").TextContent);
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    // As a model that names itself would have it.
    private async Task HoldBackAsync(Guid projectId)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        foreach (var prompt in await db.Prompts.Where(prompt => prompt.ProjectId == projectId).Select(prompt => prompt.Id).ToListAsync())
            db.Add(new Response { PromptId = prompt, Text = "I am a model called Any.", Origin = ResponseOrigin.Model, Flag = "I am a model", CreatedAt = DateTime.UnixEpoch });
        await db.SaveChangesAsync();
    }
}
