using System.Net;
using RlhfHub.Training;

namespace RlhfHub.Worker.Serving;

/// <summary>Where a server may listen: on this machine, or for others too if that is said aloud and callers must show a token.</summary>
internal static class ListenAddress
{
    /// <exception cref="InvalidInputException">An address is none, or open to others without their being kept out.</exception>
    public static void Check(string urls, bool isPublic, bool hasToken)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (!TryParse(url, out _)) throw new InvalidInputException($"--urls is '{url}'; expected an address such as http://127.0.0.1:8000.");
        if (AreLoopback(urls)) return;
        if (!isPublic) throw new InvalidInputException($"--urls is '{urls}', which other machines can reach; give --public too if that is meant.");
        if (!hasToken) throw new InvalidInputException($"--public needs a token that callers must show: set {Verbs.ServeVerb.TokenVariable}.");
    }

    /// <summary>Whether only this machine can reach all of them.</summary>
    public static bool AreLoopback(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(url => TryParse(url, out var host) && IsLoopback(host));

    /// <summary>Whether a name can only mean this machine.</summary>
    public static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool TryParse(string url, out string host)
    {
        // Kestrel's * and + mean every interface; to Uri they are no names.
        var isParsed = Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme == "http";
        host = isParsed ? uri!.Host : "";
        return isParsed;
    }
}
