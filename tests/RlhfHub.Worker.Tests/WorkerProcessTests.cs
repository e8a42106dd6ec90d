using System.Diagnostics;
using System.Text;

namespace RlhfHub.Worker.Tests;

/// <summary>The worker as the hub starts it: a process of its own.</summary>
public sealed class WorkerProcessTests(TinyModel model) : IClassFixture<TinyModel>
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
        Assert.Equal("There is no verb 'generat'; expected doctor, tokenize, generate, score, serve, train, merge, demo, starter.\n", error);
    }

    [Fact]
    public async Task Doctor_NoPlaceForTheCache_SaysSoInItsReport()
    {
        var notAFolder = model.Write("file", "");

        var (code, output, error) = await RunAsync([], ("RLHFHUB_DATA", notAFolder), "doctor");

        // A system whose libstdc++ is new enough needs no cache.
        Assert.Contains(code == 0 ? "All is well." : "Set RLHFHUB_DATA to a folder that can be written.", output, StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    [Fact]
    public async Task Tokenize_InAnotherLocale_ReadsAndWritesUtf8()
    {
        var (code, output, _) = await RunAsync("é\n"u8.ToArray(), ("LC_ALL", "en_US.ISO-8859-1"), "tokenize", "--model", model.Folder, "--json");

        Assert.Equal(0, code);
        Assert.Equal(Verb.RunWith("é\n", "tokenize", "--model", model.Folder, "--json").Output, output);
    }

    [Fact]
    public async Task Tokenize_BytesThatAreNoUtf8_NamesTheLine()
    {
        var (code, _, error) = await RunAsync([(byte)'a', 0xff, (byte)'\n'], ("LC_ALL", "C"), "tokenize", "--model", model.Folder);

        Assert.Equal(1, code);
        Assert.Equal("Input line 1 or later: the bytes are not UTF-8.\n", error);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => RunAsync([], ("LC_ALL", "C"), args);

    private static async Task<(int Code, string Output, string Error)> RunAsync(byte[] input, (string Name, string Value) variable, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
