using System.Diagnostics;

namespace RlhfHub.Worker.Tests;

/// <summary>The worker as the hub starts it: a process of its own.</summary>
public sealed class WorkerProcessTests
{
    [Fact]
    public async Task Doctor_OnThisMachine_FindsNothingWrong()
    {
        var (code, output, _) = await RunAsync("doctor");

        Assert.Equal(0, code);
        Assert.Contains("libtorch", output, StringComparison.Ordinal);
        Assert.Contains("All is well.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("tokenize")]
    [InlineData("generate")]
    [InlineData("score")]
    [InlineData("train")]
    [InlineData("merge")]
    public void Help_OfEveryVerb_ListsItsOptions(string verb)
    {
        var help = Verb.Run(verb, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("--json", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownVerb_IsOneSentenceAndExitCodeTwo()
    {
        var (code, output, error) = await RunAsync("generat");

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Equal("There is no verb 'generat'; expected doctor, tokenize, generate, score, train, merge.\n", error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
