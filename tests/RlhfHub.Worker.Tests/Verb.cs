using System.Text.Json;

namespace RlhfHub.Worker.Tests;

/// <summary>Runs a verb as the command line would and keeps what it said.</summary>
internal sealed record Verb(int ExitCode, string Output, string Error)
{
    public static Verb Run(params string[] args) => RunWith("", args);

    public static Verb RunWith(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = WorkerCommandLine.Run(args, new StringReader(input), output, error, showsProgress: true);
        return new(code, output.ToString(), error.ToString());
    }

    public JsonElement[] Json => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Asserts that it failed with this exit code and one sentence that contains the message.</summary>
    public void AssertRefused(int exitCode, string message)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Contains(message, Error, StringComparison.Ordinal);
        Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
