using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Tasks;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Tasks;

public sealed class TaskBatchFormTests : ComponentTest
{
    [Fact]
    [Covers(typeof(TaskBatchForm), ComponentState.Many)]
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
    [Covers(typeof(TaskProgressTable), ComponentState.Empty)]
    public void ProgressTable_Empty_SaysWhereTasksComeFrom()
    {
        Assert.Contains("There are no tasks yet.", Render<TaskProgressTable>(parameters => parameters.Add(view => view.Progress, [])).Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(TaskBatchForm), ComponentState.One)]
    public void Render_OneKind_OffersOnlyThat() =>
        Assert.Single(Render<TaskBatchForm>(parameters => parameters.Add(view => view.Settings, new ProjectSettings { Kinds = [TaskKind.Rating] })).FindAll("#task-kind option"));

    [Fact]
    [Covers(typeof(TaskProgressTable), ComponentState.One)]
    public void ProgressTable_OneTask_ShowsHowFarItIs() =>
        Assert.Equal("0 of 2", Render<TaskProgressTable>(parameters => parameters.Add(view => view.Progress, [new TaskProgress(TaskKind.Rating, TaskPurpose.Audit, 1, 1, 2, 0)])).Find("progress + span").TextContent);

    [Fact]
    [Covers(typeof(TaskProgressTable), ComponentState.Many)]
    public void ProgressTable_Gold_ShowsNoShare()
    {
        var table = Render<TaskProgressTable>(parameters => parameters.Add(view => view.Progress, [new TaskProgress(TaskKind.Comparison, TaskPurpose.Training, 2, 1, 4, 3), new TaskProgress(TaskKind.Comparison, TaskPurpose.Gold, 5, 5, 0, 0)]));

        Assert.Equal("3 of 4", Assert.Single(table.FindAll("progress + span")).TextContent);
    }
}
