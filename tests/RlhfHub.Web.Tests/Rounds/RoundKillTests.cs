namespace RlhfHub.Web.Tests.Rounds;

/// <summary>The short form of <c>bench -- round-kill</c>.</summary>
public sealed class RoundKillTests
{
    [LinuxFact]
    public async Task SiteAndWorkersKilled_TheRound_EndsAsItWouldHaveWithEveryMetricOnce()
    {
        var report = await RoundKills.RunAsync(siteKills: 1, workerKills: 2, steps: 15, seed: 1, _ => { });

        Assert.Equal((1, 2), (report.SiteKills, report.WorkerKills));
        Assert.Empty(report.Faults);
    }
}
