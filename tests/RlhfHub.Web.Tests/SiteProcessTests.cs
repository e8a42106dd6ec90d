using System.Net;

namespace RlhfHub.Web.Tests;

/// <summary>The built, unpublished site in Production, as a real process.</summary>
public sealed class SiteProcessTests
{
    [Fact]
    public async Task Start_InProduction_ServesEveryStylesheetAndScriptOfThePage()
    {
        await using var site = await SiteProcess.StartAsync();
        using var browser = new HttpClient { BaseAddress = site.Address };

        await browser.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
        string[] assets = [.. PageAssets.In(await browser.GetStringAsync("/")), .. PageAssets.In(await browser.GetStringAsync("/account"))];

        Assert.Contains(assets, asset => asset.StartsWith("site.", StringComparison.Ordinal));
        foreach (var asset in assets) Assert.True((await browser.GetByteArrayAsync(asset)).Length > 0, $"{asset} is empty");
    }

    [Fact]
    public async Task Start_FreshDataFolder_SaysWhereTheDataIsAndMakesTheDatabase()
    {
        using var folder = new TemporaryFolder();

        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });
        using var browser = new HttpClient { BaseAddress = site.Address };

        Assert.Equal("Healthy", await browser.GetStringAsync("/healthz"));
        Assert.Contains(folder["hub"], site.Output);
        Assert.True(File.Exists(folder["hub/hub.db"]));
    }

    [LinuxFact]
    public async Task Start_NewAccountWithoutASetting_KeepsItsDataInTheHomeFolder()
    {
        using var home = new TemporaryFolder();

        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = "", ["HOME"] = home.Path, ["XDG_DATA_HOME"] = "" });

        Assert.Contains(home[".local/share/RlhfHub"], site.Output);
        Assert.True(File.Exists(home[".local/share/RlhfHub/hub.db"]));
    }

    [Fact]
    public async Task Start_DataFolderIsAFile_EndsWithOneSentence()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["taken"], "");

        var (exitCode, output) = await SiteProcess.RunToEndAsync(new() { ["RLHFHUB_DATA"] = folder["taken"] });

        Assert.Equal(1, exitCode);
        Assert.Contains("RLHFHUB_DATA", output);
        Assert.DoesNotContain("   at ", output);
    }

    [Theory]
    [InlineData("anna@example.org", "short", "RLHFHUB_ADMIN_PASSWORD")]
    [InlineData("anna", "many small violet boats", "RLHFHUB_ADMIN_EMAIL")]
    [InlineData("", "many small violet boats", "RLHFHUB_ADMIN_EMAIL")]
    public async Task Start_AdminSettingsNoGood_EndsWithOneSentence(string email, string password, string setting)
    {
        var (exitCode, output) = await SiteProcess.RunToEndAsync(new() { ["RLHFHUB_ADMIN_EMAIL"] = email, ["RLHFHUB_ADMIN_PASSWORD"] = password });

        Assert.Equal(1, exitCode);
        Assert.Contains($"The first admin cannot be made from {setting}: ", output);
        Assert.DoesNotContain("   at ", output);
    }

    [Fact]
    public async Task Start_NoAdmin_PrintsALinkThatMakesOneOnce()
    {
        await using var site = await SiteProcess.StartAsync(new(SiteProcess.WithoutAdmin));
        var link = (await site.SetUpLink).PathAndQuery;
        using var browser = new HttpClient { BaseAddress = site.Address };

        (await browser.SubmitAsync(link, "set-up", ("Email", "eve@example.org"), ("DisplayName", "Eve"), ("Password", "seven quiet orange trains"))).Dispose();

        Assert.Contains("admin of this site", await browser.GetStringAsync("/account"));
        Assert.Contains("This link is worth nothing", await browser.GetStringAsync(link));
    }

    // The end-to-end tests ask the same after a browser has rendered every page; this one needs no browser.
    [LinuxFact]
    public async Task EveryPage_Requested_MapsNoLibtorch()
    {
        await using var site = await SiteProcess.StartAsync();
        using var browser = new HttpClient { BaseAddress = site.Address };

        await browser.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
        foreach (var page in SiteProcess.Pages)
        {
            using var response = await browser.GetAsync(page);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound || page == "/account/forbidden", $"{page}: {response.StatusCode}");
        }

        Assert.Contains(site.MappedFiles(), file => file.Contains("sqlite", StringComparison.Ordinal));   // the map is the right one
        Assert.Empty(site.MappedTorchLibraries());
    }

    [Fact]
    public void OutputFolder_AfterTheBuild_HoldsNoLibtorch() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(SiteProcess.OutputFolder, "*", SearchOption.AllDirectories), SiteProcess.IsTorchLibrary);
}
