using Bunit;
using MudBlazor;
using MudBlazor.Extensions;
using RlhfHub.Web.Layout;

namespace RlhfHub.Web.Tests.Layout;

public sealed class MainLayoutTests : ComponentTest
{
    [Fact]
    public void Render_BrowserHasNotAnswered_ShowsNothingThatCouldFlash()
    {
        JSInterop.Setup<ThemeState>("rlhfHubTheme.watch", _ => true);

        var layout = Render<MainLayout>();

        Assert.Empty(layout.FindAll("header, main"));
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
