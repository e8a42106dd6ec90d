using Bunit;
using RlhfHub.Domain.Models;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Models;

public sealed class HeadToHeadListTests : ComponentTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [Covers(typeof(HeadToHeadList), ComponentState.Lists)]
    public void Shown_SoManyEntries_HasALineForEach(int count)
    {
        var list = Render<HeadToHeadList>(parameters => parameters.Add(entry => entry.Entries, [.. Enumerable.Range(0, count).Select(_ => Entry(new WinRate(6, 0, 4)))]));

        Assert.Equal(count, list.FindAll("tbody tr").Count);
        Assert.Equal(count == 0, list.Markup.Contains("Nothing was compared yet", StringComparison.Ordinal));
    }

    [Fact]
    public void Shown_ARate_ComesWithItsInterval()
    {
        var list = Render<HeadToHeadList>(parameters => parameters.Add(entry => entry.Entries, [Entry(new WinRate(60, 0, 40)), Entry(new WinRate(0, 0, 0))]));

        Assert.Equal(["60 % (50 to 69 %)", "–"], list.FindAll("tbody tr td:nth-child(3)").Select(cell => cell.TextContent));
    }

    [Fact]
    public void Shown_CheckpointThatWasOvertakenUnseen_IsLeftOut()
    {
        var overtaken = Entry(new WinRate(0, 0, 0)) with { Step = 5, Tasks = 0, State = CandidateState.Cancelled };

        Assert.Empty(Render<HeadToHeadList>(parameters => parameters.Add(entry => entry.Entries, [overtaken])).FindAll("tbody tr"));
    }

    private static HeadToHeadDetails Entry(WinRate rate) =>
        new(Guid.NewGuid(), "round 2 ppo", null, "round 1 ppo", null, new HeadToHeadOrder(), null, null, CandidateState.Completed, 50, 50, 0, rate, null, default);
}
