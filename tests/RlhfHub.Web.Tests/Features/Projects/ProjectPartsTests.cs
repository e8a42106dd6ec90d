using Bunit;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.Features.Labeling;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class ProjectPartsTests : ComponentTest
{
    public ProjectPartsTests() => Services.AddSingleton<IChatPartner>(new FakeChat());

    [Fact]
    [Covers(typeof(AskingFields), ComponentState.Empty)]
    public void AskingFields_NoKindChosen_AskNothing()
    {
        var model = ProjectModel.New();
        model.Kinds.Clear();

        Assert.Empty(Render<AskingFields>(parameters => parameters.Add(fields => fields.Model, model)).FindAll("fieldset"));
    }

    [Fact]
    [Covers(typeof(GuidelinesEditor), ComponentState.Empty)]
    public void GuidelinesEditor_Empty_ShowsWhatIsTyped()
    {
        string? typed = null;
        var editor = Render<GuidelinesEditor>(parameters => parameters.Add(view => view.Text, "").Add(view => view.TextChanged, text => typed = text));
        Assert.Equal("", editor.Find("section [dir=auto]").TextContent);

        editor.Find("#guidelines").Input("Be kind.");

        Assert.Equal("Be kind.", typed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [Covers(typeof(TaskPreview), ComponentState.Lists)]
    public void TaskPreview_SoManyKinds_CanShowEach(int count)
    {
        var kinds = KindNames.All.Take(count).ToList();
        var preview = Render<TaskPreview>(parameters => parameters.Add(view => view.Settings, new ProjectSettings { Kinds = kinds, Classification = new() { Labels = [new() { Name = "spam" }, new() { Name = "ham" }] } }));

        Assert.Equal(count > 1 ? count : 0, preview.FindAll("option").Count);
        Assert.Equal(count == 0, preview.Markup.Contains("Choose at least one thing that raters do.", StringComparison.Ordinal));
        foreach (var kind in count > 1 ? kinds : [])
        {
            preview.Find("select").Change(kind.ToString());
            Assert.Equal(kind, preview.FindComponent<TaskPanel>().Instance.View.Kind);
        }
    }

    [Theory]
    [InlineData(true, true, new string[0])]
    [InlineData(true, false, new[] { "Make tasks" })]
    [InlineData(false, false, new[] { "Import prompts", "Make tasks" })]
    [Covers(typeof(SetUpSteps), ComponentState.Lists)]
    public void SetUpSteps_WhatIsMissing_IsALinkAndNothingOnceAllIsThere(bool hasPrompts, bool hasTasks, string[] missing)
    {
        var steps = Render<SetUpSteps>(parameters => parameters.Add(view => view.ProjectId, Guid.Empty).Add(view => view.Progress, new ProjectProgress(true, true, hasPrompts, hasTasks, 0, 0, 0)));

        Assert.Equal(missing, steps.FindAll("a").Select(step => step.TextContent));
        Assert.Equal(missing.Length == 0 ? 0 : 4, steps.FindAll("li").Count);
    }
}
