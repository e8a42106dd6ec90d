namespace RlhfHub.EndToEnd.Tests;

/// <summary>The short form of <c>bench drafts</c>: one trial of each sort.</summary>
[Collection(BrowserTests.Name)]
public sealed class DraftTrialTests(Browser browser)
{
    [BrowserFact]
    public async Task Draft_InterruptedInEachWay_LosesAtMostTwoSecondsOfTyping()
    {
        var trials = await DraftTrials.RunAsync(browser.Program, Enum.GetValues<Interruption>().Length, seed: 1, _ => { });

        Assert.All(trials, trial => Assert.True(trial.IsGood, $"{trial}"));
    }
}
