using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>A model server as the site starts it: a process of its own on a free port.</summary>
internal sealed class ServerProcess : IDisposable
{
    public const string Token = "a-token-of-the-tests";

    private readonly Process process;

    private ServerProcess(Process process, string address)
    {
        this.process = process;
        Address = address;
        // Who gives a stream up is gone at once: by default, the rest would be read for another two seconds.
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public string Address { get; }

    /// <summary>Calls it with its token.</summary>
    public HttpClient Http { get; }

    public Process Process => process;

    public static ServerProcess Start(string models, params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), ["serve", "--models", models, .. options]) { RedirectStandardOutput = true };
        start.Environment["RLHFHUB_TOKEN"] = Token;
        var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server said nothing and ended.");
        return new ServerProcess(process, JsonDocument.Parse(line).RootElement.GetProperty("listening").GetString()!);
    }

    /// <summary>Posts JSON and gives the answer's status and JSON.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>Posts a request for a stream and gives its events, [DONE] last where it came to its end.</summary>
    public async IAsyncEnumerable<string> StreamAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return line["data: ".Length..];
    }

    /// <summary>A figure of <c>/metrics</c>.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var text = await Http.GetStringAsync("/metrics");
        var line = text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until nothing is being written and nobody waits.</summary>
    public async Task WaitUntilIdleAsync()
    {
        var clock = Stopwatch.StartNew();
        while (await MetricAsync("rlhfhub_places_taken") + await MetricAsync("rlhfhub_texts_running") > 0)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException("The server is still at work 20 s after its last caller went.");
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
