using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class ProjectHeaderTests : ComponentTest
{
    [Theory]
    [InlineData(ProjectRole.Rater, new[] { "Label", "History", "My work", "Guidelines" })]
    [InlineData(ProjectRole.Reviewer, new[] { "Label", "Review", "History", "My work", "Guidelines", "Rounds", "Versions" })]
    [InlineData(ProjectRole.Admin, new[] { "Label", "Review", "History", "My work", "Guidelines", "Prompts", "Import", "Tasks", "Data sets", "Models", "Rounds", "Versions", "Members", "Settings", "Log" })]
    public void Render_EachRole_ShowsThePagesThatItMayOpen(ProjectRole role, string[] pages) =>
        Assert.Equal(pages, Show(role).FindAll("nav a").Select(link => link.TextContent));

    [Fact]
    [Covers(typeof(ProjectHeader), ComponentState.ReadOnly)]
    public void Render_Archived_HasNothingToLabelAndSaysSo()
    {
        var header = Show(ProjectRole.Rater, isArchived: true);

        Assert.DoesNotContain("Label", header.FindAll("nav a").Select(link => link.TextContent));
        Assert.Single(header.FindAll("[role=note]"));
    }

    [Fact]
    public void Toggle_OnAPhone_SaysWhetherThePagesAreShown()
    {
        var header = Show(ProjectRole.Admin);

        header.Find(".toggle").Click();

        Assert.Equal("true", header.Find(".toggle").GetAttribute("aria-expanded"));
        Assert.Equal("open", header.Find("nav").ClassName);
    }

    private IRenderedComponent<ProjectHeader> Show(ProjectRole role, bool isArchived = false) => Render<ProjectHeader>(parameters => parameters
        .Add(header => header.Project, new ProjectDetails(Guid.NewGuid(), "نباتات", "", role, new ProjectSettings(), 0, isArchived, default, Guid.NewGuid())));
}
