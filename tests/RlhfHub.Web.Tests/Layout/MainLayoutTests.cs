using Bunit;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using MudBlazor.Extensions;
using RlhfHub.Web.Layout;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Layout;

public sealed class MainLayoutTests : ComponentTest
{
    [Fact]
    [Covers(typeof(MainLayout), ComponentState.Loading)]
    public void Render_BrowserHasNotAnswered_ShowsNothingThatCouldFlash()
    {
        JSInterop.Setup<ThemeState>("rlhfHubTheme.watch", _ => true);

        var layout = Render<MainLayout>();

        Assert.Empty(layout.FindAll("header, main"));
    }

    [Fact]
    [Covers(typeof(MainLayout), ComponentState.Error)]
    public async Task Render_PageThatFails_LeavesTheSiteStandingAndCanBeTriedAgain()
    {
        JSInterop.Setup<ThemeState>("rlhfHubTheme.watch", _ => true).SetResult(new ThemeState(ThemeChoice.System, IsDark: false));
        var isBroken = true;
        RenderFragment page = builder => builder.AddContent(0, isBroken ? throw new InvalidOperationException("A detail for the log only.") : "Here again");

        var layout = Render<MainLayout>(parameters => parameters.Add(view => view.Body, page));

        layout.WaitForElement("main [role=alert]");
        Assert.NotNull(layout.Find("header a[href='/']"));
        Assert.DoesNotContain("A detail for the log only.", layout.Markup, StringComparison.Ordinal);
        isBroken = false;
        await layout.Find("main [role=alert] button").ClickAsync(new());
        Assert.Equal("Here again", layout.Find("main").TextContent.Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Render_BrowserHasAnswered_PaintsWhatItSaid(bool isDark)
    {
        JSInterop.Setup<ThemeState>("rlhfHubTheme.watch", _ => true).SetResult(new ThemeState(ThemeChoice.System, isDark));

        var layout = Render<MainLayout>();

        layout.WaitForElement("main");
        Assert.Equal(isDark, layout.FindComponent<MudThemeProvider>().Instance.GetState(provider => provider.IsDarkMode));
    }

    [Fact]
    public async Task ThemeChanged_FromTheBrowser_RepaintsThePage()
    {
        JSInterop.Setup<ThemeState>("rlhfHubTheme.watch", _ => true).SetResult(new ThemeState(ThemeChoice.System, IsDark: false));
        var layout = Render<MainLayout>();
        layout.WaitForElement("main");

        await layout.Instance.ThemeChangedAsync(new ThemeState(ThemeChoice.Dark, IsDark: true));

        Assert.True(layout.FindComponent<MudThemeProvider>().Instance.GetState(provider => provider.IsDarkMode));
    }
}
