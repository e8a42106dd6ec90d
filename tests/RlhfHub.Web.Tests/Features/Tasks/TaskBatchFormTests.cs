using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Tasks;

namespace RlhfHub.Web.Tests.Features.Tasks;

public sealed class TaskBatchFormTests : ComponentTest
{
    [Fact]
    public void Submit_AsItStands_AsksForTheProjectsFirstKindAndOverlap()
    {
        TaskBatch? asked = null;
        var form = Render<TaskBatchForm>(parameters => parameters
            .Add(view => view.Settings, new ProjectSettings { Kinds = [TaskKind.Rating, TaskKind.Ranking], Overlap = 3 }).Add(view => view.Asked, batch => asked = batch));

        form.Find("form").Submit();

        Assert.Equal((TaskKind.Rating, TaskPurpose.Training, 3, null), (asked!.Kind, asked.Purpose, asked.RequiredJudgments, asked.Filter.Tag));
        Assert.Empty(form.FindAll("#task-ranked"));
    }

    [Fact]
    public void Change_ToRankings_AsksHowManyReplies()
    {
        var form = Render<TaskBatchForm>(parameters => parameters.Add(view => view.Settings, new ProjectSettings { Kinds = [TaskKind.Rating, TaskKind.Ranking] }));

        form.Find("#task-kind").Change("Ranking");

        Assert.Equal("4", form.Find("#task-ranked").GetAttribute("value"));
    }

    [Fact]
    public void ProgressTable_Empty_SaysWhereTasksComeFrom()
    {
        Assert.Contains("There are no tasks yet.", Render<TaskProgressTable>(parameters => parameters.Add(view => view.Progress, [])).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressTable_Gold_ShowsNoShare()
    {
        var table = Render<TaskProgressTable>(parameters => parameters.Add(view => view.Progress, [new TaskProgress(TaskKind.Comparison, TaskPurpose.Training, 2, 1, 4, 3), new TaskProgress(TaskKind.Comparison, TaskPurpose.Gold, 5, 5, 0, 0)]));

        Assert.Equal("3 of 4", Assert.Single(table.FindAll("progress + span")).TextContent);
    }
}
