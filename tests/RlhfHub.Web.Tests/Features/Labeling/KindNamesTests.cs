using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class KindNamesTests
{
    [Fact]
    public void Waiting_EveryCount_ReadsAsASentence()
    {
        Assert.Equal("Nothing waits for you now", KindNames.Waiting([]));
        Assert.Equal("1 comparison waits", KindNames.Waiting([new(TaskKind.Comparison, 1)]));
        Assert.Equal("12 comparisons and 1 rating wait", KindNames.Waiting([new(TaskKind.Comparison, 12), new(TaskKind.Rating, 1)]));
        Assert.Equal("1,000 or more rankings wait", KindNames.Waiting([new(TaskKind.Ranking, WaitingService.Most)]));
    }
}
