using System.Globalization;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>A storm, and what the server is like after it.</summary>
/// <param name="Faults">Requests that went otherwise than they should.</param>
/// <param name="Seen">Requests by kind.</param>
/// <param name="NativeMegabytes">What native code holds with no model in memory: after a warm-up, and after the storm.</param>
/// <param name="ResidentMegabytes">What the process takes then.</param>
/// <param name="IsAlive">Whether it still answers.</param>
internal sealed record StormSeries(IReadOnlyList<string> Faults, IReadOnlyDictionary<string, int> Seen, (double Before, double After) NativeMegabytes, (double Before, double After) ResidentMegabytes, bool IsAlive)
{
    /// <param name="folder">Where models are made.</param>
    /// <param name="warmUp">Requests of the warm-up.</param>
    /// <param name="requests">Requests of the storm.</param>
    /// <param name="seed">Of all that is random.</param>
    public static async Task<StormSeries> RunAsync(string folder, int warmUp, int requests, int seed)
    {
        ServedModels.Write(folder);
        using var server = ServerProcess.Start(folder, "--max-context", "128");
        await new Storm(server, folder, seed).RunAsync(warmUp);
        var before = await RestAsync(server);
        var storm = new Storm(server, folder, seed + 1);
        await storm.RunAsync(requests);
        var after = await RestAsync(server);
        var (status, _) = await server.PostAsync("/v1/completions", new { model = ServedModels.Base, prompt = "a", max_tokens = 3 });
        return new(storm.Faults, storm.Seen, (before.Native, after.Native), (before.Resident, after.Resident), status == 200);
    }

    private static async Task<(double Native, double Resident)> RestAsync(ServerProcess server)
    {
        await server.WaitUntilIdleAsync();
        foreach (var model in new[] { ServedModels.Warm, ServedModels.Cold, ServedModels.RewardAdapter, ServedModels.Reward, ServedModels.Base })
            await server.PostAsync("/v1/models/unload", new { model });
        return (await server.MetricAsync("rlhfhub_native_bytes") / (1 << 20), Resident(server.Process.Id));
    }

    private static double Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
