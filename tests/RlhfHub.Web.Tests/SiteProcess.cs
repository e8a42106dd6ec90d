using System.Diagnostics;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace RlhfHub.Web.Tests;

/// <summary>The site as a process of its own, as it was built, with an empty data folder: for what cannot be seen from inside the test's process.</summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private static readonly string Configuration = typeof(SiteProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>Who the site's admin is, unless the environment says otherwise.</summary>
    public const string AdminEmail = "anna@example.org";

    public const string AdminPassword = "many small violet boats";

    /// <summary>An environment in which a new site has no admin and prints the link that makes one.</summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutAdmin = new Dictionary<string, string> { ["RLHFHUB_ADMIN_EMAIL"] = "", ["RLHFHUB_ADMIN_PASSWORD"] = "" };

    private readonly TemporaryFolder data = new();
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process process;
    private Uri? address;

    private readonly TaskCompletionSource<Uri> setUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiteProcess(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(OutputFolder, "RlhfHub.Web.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["RLHFHUB_DATA"] = data.Path;
        start.Environment["RLHFHUB_ADMIN_EMAIL"] = AdminEmail;
        start.Environment["RLHFHUB_ADMIN_PASSWORD"] = AdminPassword;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Exited += (_, _) => started.TrySetException(new InvalidOperationException($"The site ended before it was up:\n{Output}"));
    }

    /// <summary>Where the build put the site.</summary>
    public static string OutputFolder { get; } = Path.Combine(Repository.Root, "src", "RlhfHub.Web", "bin", Configuration, "net10.0");

    /// <summary>The address of every page that needs no parameter.</summary>
    public static IEnumerable<string> Pages { get; } =
        typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).Where(route => !route.Contains('{')).Order();

    public Uri Address => address!;

    public int Id => process.Id;

    /// <summary>The link that makes the first admin; appears only where there is none.</summary>
    public Task<Uri> SetUpLink => setUp.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>What the site has written to its terminal so far.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public static async Task<SiteProcess> StartAsync(Dictionary<string, string>? environment = null)
    {
        var site = new SiteProcess(environment ?? []);
        site.Begin();
        site.address = await site.started.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return site;
    }

    /// <summary>Runs the program with a verb on a data folder.</summary>
    public static async Task<(int ExitCode, string Output)> RunVerbAsync(string dataFolder, params string[] arguments)
    {
        await using var program = new SiteProcess(new() { ["RLHFHUB_DATA"] = dataFolder }, arguments);
        program.Begin();
        await program.process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (program.process.ExitCode, program.Output);
    }

    /// <summary>Runs a site that is expected to give up: its exit code and what it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(Dictionary<string, string> environment)
    {
        await using var site = new SiteProcess(environment);
        site.Begin();
        await site.process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (site.process.ExitCode, site.Output);
    }

    /// <summary>The files of libtorch and of TorchSharp's bridge that the process has mapped. Linux only.</summary>
    public IReadOnlyList<string> MappedTorchLibraries() => [.. MappedFiles().Where(IsTorchLibrary)];

    public IReadOnlyList<string> MappedFiles() =>
        [.. File.ReadLines($"/proc/{Id}/maps").Where(line => line.Contains('/')).Select(line => line[line.IndexOf('/')..]).Distinct()];

    public static bool IsTorchLibrary(string path)
    {
        var name = Path.GetFileName(path);
        string[] starts = ["libtorch", "libLibTorchSharp", "LibTorchSharp", "libc10", "torch_cpu", "torch_cuda", "c10."];
        return starts.Any(start => name.StartsWith(start, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        data.Dispose();
    }

    private void Begin()
    {
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
        if (line.Trim().StartsWith("Set up ", StringComparison.Ordinal)) setUp.TrySetResult(new Uri(line.Trim()["Set up ".Length..].Trim()));
        if (line.Trim().StartsWith("Open ", StringComparison.Ordinal)) started.TrySetResult(new Uri(line.Trim()["Open ".Length..].Trim()));
    }
}
