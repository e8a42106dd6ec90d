namespace RlhfHub.Web.Tests.Labeling;

/// <summary>The short form of <c>bench -- labeling-kill</c>.</summary>
public sealed class LabelingKillTests
{
    [LinuxFact]
    public async Task KilledUnderLoad_EveryAcknowledgedAnswer_IsThereOnceAndNoTaskHasTooMany()
    {
        var report = await LabelingKills.RunAsync(raters: 8, submissions: 600, kills: 3, seed: 1, _ => { });

        Assert.Equal(3, report.Kills);
        Assert.True(report.Acknowledged >= 600);
        Assert.Empty(report.Faults);
    }
}
