using RlhfHub.Domain.Data;

namespace RlhfHub.Web;

/// <summary>What the terminal says when the site is up: where to go, and where everything is kept.</summary>
internal static class StartMessage
{
    internal static void Print(IEnumerable<string> addresses, DataFolder dataFolder, string? setUpToken, TextWriter output)
    {
        output.WriteLine("RlhfHub is running. Press Ctrl+C to stop it.");
        foreach (var address in addresses) output.WriteLine($"  Open      {Reachable(address)}");
        output.WriteLine($"  Data      {dataFolder.Path}");
        if (setUpToken is null) return;
        output.WriteLine("There is no admin yet. This link makes the first one; it works once:");
        output.WriteLine($"  Set up    {Reachable(addresses.FirstOrDefault() ?? "")}/account/set-up?token={setUpToken}");
    }

    // "Every address of this machine" is nowhere that a browser can go.
    private static string Reachable(string address) =>
        address.Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal);
}
