namespace RlhfHub.EndToEnd.Tests;

/// <summary>The system's own Chromium: Playwright's download is not to be had everywhere.</summary>
internal static class Chromium
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public static string? Path { get; } = Environment.GetEnvironmentVariable("RLHFHUB_CHROMIUM") ?? Places.FirstOrDefault(File.Exists);

    // No sandbox: tests often run as root in a container. The rest keeps the browser from talking to anybody but the site.
    public static string[] Arguments { get; } =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    public static string? ReasonToSkip { get; } =
        Path is null ? $"No browser: none of {string.Join(", ", Places)} is there; install Debian's 'chromium' or set RLHFHUB_CHROMIUM to the program." : null;
}
