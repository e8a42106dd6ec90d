using System.Text.RegularExpressions;

namespace RlhfHub.Web.Tests.Operations;

/// <summary>The program with a verb, as a real process.</summary>
public sealed class VerbsTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("backup", "--help")]
    [InlineData("restore", "--help")]
    [InlineData("verify-audit", "--help")]
    [InlineData("reset-password", "--help")]
    public async Task Help_EveryVerb_ExplainsItselfAndTouchesNothing(params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output) = await SiteProcess.RunVerbAsync(folder["hub"], arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains("--data", output);
        Assert.False(Directory.Exists(folder["hub"]));
    }

    [Fact]
    public async Task Verbs_WithoutADatabase_EndWithOneSentence()
    {
        using var folder = new TemporaryFolder();

        foreach (var verb in new[] { "backup", "verify-audit" })
        {
            var (exitCode, output) = await SiteProcess.RunVerbAsync(folder.Path, verb);
            Assert.Equal(1, exitCode);
            Assert.Contains("There is no database in", Assert.Single(output.Trim().Split('\n')));
        }
    }

    [Fact]
    public async Task RunningSite_IsBackedUpVerifiedAndNotRestoredOver()
    {
        using var folder = new TemporaryFolder();
        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });

        var backup = await SiteProcess.RunVerbAsync(folder["hub"], "backup", folder["copy.db"]);
        var again = await SiteProcess.RunVerbAsync(folder["hub"], "backup", folder["copy.db"]);
        var verify = await SiteProcess.RunVerbAsync(folder["hub"], "verify-audit");
        var restore = await SiteProcess.RunVerbAsync(folder["hub"], "restore", folder["copy.db"]);
        var second = await SiteProcess.RunToEndAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });

        Assert.Equal(0, backup.ExitCode);
        Assert.Equal(1, again.ExitCode);
        Assert.Equal(0, verify.ExitCode);
        Assert.Matches("All 1 entries are whole; the last one's hash is [0-9a-f]{64}", verify.Output);
        Assert.Equal(1, restore.ExitCode);
        Assert.Contains("A site runs on", restore.Output);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("A site runs on", second.Output);
    }

    [Fact]
    public async Task ResetPassword_WhileTheSiteRuns_PrintsALinkThatWorks()
    {
        using var folder = new TemporaryFolder();
        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });
        using var browser = new HttpClient { BaseAddress = site.Address };

        var (exitCode, output) = await SiteProcess.RunVerbAsync(folder["hub"], "reset-password", SiteProcess.AdminEmail);
        var link = Regex.Match(output, @"/account/reset-password\?token=\S+").Value;
        (await browser.SubmitAsync(link, "reset", ("NewPassword", "seven quiet orange trains"))).Dispose();

        Assert.Equal(0, exitCode);
        await browser.SignInAsync(SiteProcess.AdminEmail, "seven quiet orange trains");
        Assert.Equal(1, (await SiteProcess.RunVerbAsync(folder["hub"], "reset-password", "nobody@example.org")).ExitCode);
    }

    [Fact]
    public async Task Restore_AfterTheSiteEnded_BringsTheCopyBack()
    {
        using var folder = new TemporaryFolder();
        await using (await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] }))
        {
        }
        var backup = await SiteProcess.RunVerbAsync(folder["hub"], "backup");
        var copy = Assert.Single(Directory.GetFiles(folder["hub/backups"]));
        File.Delete(folder["hub/hub.db"]);

        var restore = await SiteProcess.RunVerbAsync(folder["hub"], "restore", copy);

        Assert.Equal((0, 0), (backup.ExitCode, restore.ExitCode));
        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });
        using var browser = new HttpClient { BaseAddress = site.Address };
        await browser.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
    }
}
