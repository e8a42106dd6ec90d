namespace RlhfHub.EndToEnd.Tests;

/// <summary>A fact that drives a browser, perhaps with public data sets, and is skipped with the reason where one of them is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute(params string[] dataSets) => Skip = Chromium.ReasonToSkip ?? dataSets.Select(TestData.ReasonToSkip).FirstOrDefault(reason => reason is not null);
}

/// <summary>A theory that drives a browser, and is skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Chromium.ReasonToSkip;
}
