using Bunit;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Models;

public sealed class ModelPartsTests : ComponentTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(CandidateJobs), ComponentState.Lists)]
    public void Jobs_SoMany_ShowsEachAndStopsTheOneThatIsAsked(int count)
    {
        Guid? stopped = null;
        var orders = Enumerable.Range(0, count).Select(index => new CandidateProgress(Guid.NewGuid(), new CandidateOrder(), "any", index == 0 ? CandidateState.Queued : CandidateState.Completed, 10, 4, 8, 1, 2, null, default)).ToList();

        var jobs = Render<CandidateJobs>(parameters => parameters.Add(view => view.Jobs, orders).Add(view => view.Cancelled, id => stopped = id));

        Assert.Equal(count, jobs.FindAll("progress").Count);
        foreach (var stop in jobs.FindAll("button")) stop.Click();
        Assert.Equal(count == 0 ? null : orders[0].Id, stopped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(FlaggedReplies), ComponentState.Lists)]
    public void Flagged_SoMany_LetsThroughTheOneThatIsAsked(int count)
    {
        List<Guid> cleared = [];
        var replies = Enumerable.Range(0, count).Select(index => new FlaggedReply(Guid.NewGuid(), default, [new(Message.User, "Who are you?")], "I am Any.", null, "Any")).ToList();

        var view = Render<FlaggedReplies>(parameters => parameters.Add(flagged => flagged.Replies, replies).Add(flagged => flagged.Cleared, cleared.Add));
        for (var index = 0; index < count; index++) view.FindAll("button")[index].Click();

        Assert.Equal(replies.Select(reply => reply.Id), cleared);
    }

    [Fact]
    [Covers(typeof(FieldProblem), ComponentState.Empty | ComponentState.Error)]
    public void FieldProblem_OfThisFieldOrAnother_IsShownOnlyWhereItBelongs()
    {
        var errors = new Dictionary<string, string> { ["name"] = "Give it a name." };

        Assert.Equal("Give it a name.", Problem("name").Find("#name-problem").TextContent);
        Assert.Empty(Problem("endpoint").Nodes.OfType<AngleSharp.Dom.IElement>());

        IRenderedComponent<FieldProblem> Problem(string field) => Render<FieldProblem>(parameters => parameters.Add(view => view.Errors, errors).Add(view => view.Field, field));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(ModelForm), ComponentState.Lists)]
    public void Form_SoManyInstalled_OffersThemBesideTheChosenOne(int count)
    {
        ModelChoice? chosen = null;
        var installed = Enumerable.Range(0, count).Select(index => $"model-{index}").ToList();
        var form = Render<ModelForm>(parameters => parameters.Add(view => view.Details, new ModelDetails(ModelSource.Own, "gone", null, false, installed)).Add(view => view.Chosen, choice => chosen = choice));
        Assert.Equal([.. installed, "gone"], form.FindAll("#model-installed option").Select(option => option.TextContent));

        if (count > 0) form.Find("#model-installed").Change("model-0");
        form.Find("form").Submit();

        Assert.Equal((ModelSource.Own, count > 0 ? "model-0" : "gone"), (chosen!.Source, chosen.Name));
    }

    [Theory]
    [InlineData(ModelServerState.NotStarted, null, "Not started")]
    [InlineData(ModelServerState.Restarting, "Out of memory.", "Ended; it is started again")]
    [Covers(typeof(ModelServerPanel), ComponentState.Empty | ComponentState.Error)]
    public void ServerPanel_NotRunning_SaysWhyAndHasNoQueue(ModelServerState state, string? reason, string sentence)
    {
        var panel = Render<ModelServerPanel>(parameters => parameters.Add(view => view.Server, new ModelServerStatus(state, reason, 3, null, null, "/data/model-server.log")));

        Assert.Contains(sentence, panel.Find("#model-server-state").TextContent, StringComparison.Ordinal);
        Assert.Equal(reason, panel.FindAll("#model-server-state p").SingleOrDefault()?.TextContent);
        Assert.DoesNotContain("Queue", panel.Markup, StringComparison.Ordinal);
    }
}
