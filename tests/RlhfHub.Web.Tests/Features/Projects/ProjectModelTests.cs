using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class ProjectModelTests
{
    [Fact]
    public void ToSettings_NothingChanged_IsWhatItWas()
    {
        var settings = new ProjectSettings
        {
            Kinds = [TaskKind.Comparison, TaskKind.Rating],
            Overlap = 3,
            GoldShare = 0.25,
            BaseModel = "other",
            Languages = ["en"],
            SelectsActively = true,
            Comparison = new() { Strengths = 2, AllowsTie = false, Aspects = ["Truth", "Tone"], Rationale = RationaleRule.Required },
            Rating = new() { Attributes = [new() { Name = "Help", Description = "does it: yes", Points = 7 }, new() { Name = "Harm", Points = 2 }] },
            Classification = new() { Labels = [new() { Name = "spam", Description = "unwanted" }], IsMultiple = true },
        };

        var again = ProjectModel.Of(Details(settings)).ToSettings();

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(settings), System.Text.Json.JsonSerializer.Serialize(again));
    }

    [Fact]
    public void ToSettings_LinesEdited_BecomeEntries()
    {
        var model = ProjectModel.New();
        model.Labels = "spam: unwanted\n\n  ham  \n";
        model.Attributes = "Help\nStyle: reads well";
        model.Points = 9;

        var settings = model.ToSettings();

        Assert.Equal([new() { Name = "spam", Description = "unwanted" }, new() { Name = "ham" }], settings.Classification.Labels);
        Assert.Equal([new() { Name = "Help", Points = 9 }, new() { Name = "Style", Description = "reads well", Points = 9 }], settings.Rating.Attributes);
    }

    private static ProjectDetails Details(ProjectSettings settings) => new(Guid.NewGuid(), "Pets", "", ProjectRole.Admin, settings, 0, false, DateTime.UnixEpoch, Guid.NewGuid());
}
