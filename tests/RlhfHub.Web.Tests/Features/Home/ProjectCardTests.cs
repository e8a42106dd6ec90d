using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Home;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Home;

public sealed class ProjectCardTests : ComponentTest
{
    [Fact]
    [Covers(typeof(ProjectCard), ComponentState.One)]
    public void Render_Rater_ShowsWhatWaitsAndNoAdminsPages()
    {
        var card = Show(ProjectRole.Rater, waiting: [new(TaskKind.Comparison, 12)]);

        Assert.Contains("12 comparisons wait", card.Markup);
        Assert.Empty(card.FindAll("a[href$='/settings'], .line"));
    }

    [Fact]
    [Covers(typeof(ProjectCard), ComponentState.Empty)]
    public void Render_NothingWaits_SaysSo() => Assert.Contains("Nothing waits for you now", Show(ProjectRole.Rater).Find(".waiting").TextContent, StringComparison.Ordinal);

    [Fact]
    [Covers(typeof(ProjectCard), ComponentState.Many)]
    public void Render_SeveralKindsWait_NamesEach() =>
        Assert.Equal("12 comparisons and 1 rating wait", Show(ProjectRole.Rater, waiting: [new(TaskKind.Comparison, 12), new(TaskKind.Rating, 1)]).Find(".waiting").TextContent);

    [Fact]
    [Covers(typeof(ProjectCard), ComponentState.ReadOnly)]
    public void Render_Archived_OffersNoLabeling()
    {
        var card = Show(ProjectRole.Admin, isArchived: true);

        Assert.Equal("Archived: it can be read, not labeled", card.Find(".waiting").TextContent);
        Assert.Empty(card.FindAll("a[href$='/label']"));
    }

    [Fact]
    public void Render_Reviewer_ShowsWhatWaitsForReview()
    {
        var card = Show(ProjectRole.Reviewer, new ReviewWaiting(7, 1));

        Assert.Equal(["7 submissions to review", "1 disagreement to settle"], card.FindAll(".line").Select(line => line.TextContent.Trim()));
    }

    [Fact]
    public void Render_AdminOfANewProject_ShowsWhatIsMissing()
    {
        var card = Show(ProjectRole.Admin, new ReviewWaiting(0, 0), new ProjectProgress(true, false, false, false, 0, 0, 1));

        Assert.Equal(["Invite people", "Import prompts", "Make tasks"], card.FindAll(".set-up a").Select(step => step.TextContent));
        Assert.Contains("1 import runs", card.Markup);
    }

    [Fact]
    public void Render_AdminOfARunningProject_ShowsProgressAndNoSteps()
    {
        var card = Show(ProjectRole.Admin, null, new ProjectProgress(true, true, true, true, ProgressService.Most, 3, 0));

        Assert.Empty(card.FindAll(".set-up"));
        Assert.Equal(["10,000 or more open tasks", "3 answers today"], card.FindAll(".line").Select(line => line.TextContent.Trim()));
    }

    [Theory]
    [InlineData(RoundState.Running, "Round 3: Running, Reward model, 40 / 140")]
    [InlineData(RoundState.Failed, "Round 3: Failed")]
    public void Render_ProjectWithARound_SaysHowItGoes(RoundState state, string line)
    {
        var round = new RoundSummary(Guid.NewGuid(), 3, state, RoundWish.Run, null, false, [new(Guid.NewGuid(), 0, "reward", RunState.Running, null, 40, 140, 0, null, null, null)], default, null, null);

        var card = Show(ProjectRole.Reviewer, round: round);

        Assert.Equal(line, card.Find($"a[href$='/rounds/{round.Id}']").TextContent);
    }

    private IRenderedComponent<ProjectCard> Show(ProjectRole role, ReviewWaiting? review = null, ProjectProgress? progress = null, IReadOnlyList<WaitingTasks>? waiting = null, bool isArchived = false, RoundSummary? round = null) => Render<ProjectCard>(parameters => parameters
        .Add(card => card.Project, new ProjectSummary(Guid.NewGuid(), "Plants", "", role, isArchived, default)).Add(card => card.Waiting, waiting ?? []).Add(card => card.Review, review).Add(card => card.Progress, progress).Add(card => card.Round, round));
}
