using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>How a server begins, ends, and keeps others out.</summary>
public sealed class ServerLifeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ServerLifeTests() => ServedModels.Write(Models);

    private string Models => folder["models"];

    [Fact]
    public async Task Killed_InTheMiddleOfStreams_CallersGetAnErrorAtOnce()
    {
        using var server = ServerProcess.Start(Models, "--max-context", "128");
        var streams = Enumerable.Range(0, 4).Select(_ => ReadAsync(server, count: 256)).ToArray();
        // Early, and with much to come: on a busy machine a short stream may end between two looks.
        while (await server.MetricAsync("rlhfhub_tokens_total") < 8) await Task.Yield();

        server.Process.Kill();

        var clock = Stopwatch.StartNew();
        var ends = await Task.WhenAll(streams);
        // One that was quick enough to be whole says so; none of the others looks as if it were.
        Assert.Contains(ends, end => end.Error is not null);
        Assert.All(ends, end => Assert.Equal(end.Error is null, end.Events.Contains("[DONE]")));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Terminated_InTheMiddleOfAStream_FinishesItAndEndsWell()
    {
        using var server = ServerProcess.Start(Models, "--max-context", "128", "--grace", "20");
        var stream = ReadAsync(server, count: 32);
        while (await server.MetricAsync("rlhfhub_tokens_total") < 5) await Task.Yield();

        Terminate(server.Process);

        var (events, error) = await stream;
        await server.Process.WaitForExitAsync();
        Assert.Null(error);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(0, server.Process.ExitCode);
    }

    [Fact]
    public async Task Terminated_WithoutGrace_BreaksTheStream()
    {
        using var server = ServerProcess.Start(Models, "--max-context", "128", "--grace", "0");
        var stream = ReadAsync(server, count: 200);
        while (await server.MetricAsync("rlhfhub_tokens_total") < 5) await Task.Yield();

        Terminate(server.Process);

        var (events, error) = await stream;
        await server.Process.WaitForExitAsync();
        Assert.NotNull(error);
        Assert.DoesNotContain("[DONE]", events);
        Assert.Equal(0, server.Process.ExitCode);
    }

    [Fact]
    public async Task Calls_WithoutTheTokenOrByAnotherName_AreRefused()
    {
        using var server = ServerProcess.Start(Models);
        using var stranger = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { Host = "attacker.example" } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.SendAsync(rebound)).StatusCode);
        Assert.StartsWith("http://127.0.0.1:", server.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_BeyondTheMemory_LeaveForOthers()
    {
        var bytes = new FileInfo(Path.Combine(Models, ServedModels.Base, "model.safetensors")).Length;
        using var server = ServerProcess.Start(Models, "--memory-gb", (1.5 * bytes / 1e9).ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture));
        async Task<string[]> LoadedAsync() =>
            [.. JsonNode.Parse(await server.Http.GetStringAsync("/v1/models"))!["data"]!.AsArray().Where(model => (bool)model!["loaded"]!).Select(model => (string)model!["id"]!)];

        await server.PostAsync("/v1/completions", new { model = ServedModels.Warm, prompt = "a" });
        var first = await LoadedAsync();
        await server.PostAsync("/v1/score", new { model = ServedModels.Reward, input = "a" });
        var second = await LoadedAsync();
        var (status, _) = await server.PostAsync("/v1/models/unload", new { model = ServedModels.Reward });

        Assert.Equal([ServedModels.Warm, ServedModels.Base], first);
        Assert.Equal([ServedModels.Reward], second);
        Assert.Equal(200, status);
        Assert.Empty(await LoadedAsync());
    }

    [Fact]
    public async Task Adapters_BeyondTheMemory_LeaveForOthersAndTheirBaseStays()
    {
        long Bytes(string model) => Directory.GetFiles(Path.Combine(Models, model), "*.safetensors").Sum(file => new FileInfo(file).Length);
        var room = Bytes(ServedModels.Base) + (1.5 * Bytes(ServedModels.Warm));
        using var server = ServerProcess.Start(Models, "--memory-gb", (room / 1e9).ToString("0.000000000", System.Globalization.CultureInfo.InvariantCulture));

        foreach (var model in new[] { ServedModels.Warm, ServedModels.Cold, ServedModels.Warm, ServedModels.Cold }) await server.PostAsync("/v1/completions", new { model, prompt = "a" });

        var loaded = JsonNode.Parse(await server.Http.GetStringAsync("/v1/models"))!["data"]!.AsArray().Where(model => (bool)model!["loaded"]!).Select(model => (string)model!["id"]!);
        Assert.Equal([ServedModels.Cold, ServedModels.Base], loaded);
        Assert.InRange(await server.MetricAsync("rlhfhub_weights_bytes"), Bytes(ServedModels.Base), room);
    }

    [Fact]
    public async Task Unload_AModelThatIsGoneFromDisk_FreesIt()
    {
        using var server = ServerProcess.Start(Models);
        await server.PostAsync("/v1/completions", new { model = ServedModels.Warm, prompt = "a" });
        Directory.Delete(Path.Combine(Models, ServedModels.Warm), recursive: true);

        var (missing, _) = await server.PostAsync("/v1/completions", new { model = ServedModels.Warm, prompt = "a" });
        var (first, body) = await server.PostAsync("/v1/models/unload", new { model = ServedModels.Warm });
        var (second, _) = await server.PostAsync("/v1/models/unload", new { model = ServedModels.Warm });

        Assert.Equal((404, 200, 404), (missing, first, second));
        Assert.True((bool)body["was_loaded"]!);
        Assert.Equal(1, await server.MetricAsync("rlhfhub_models_loaded"));
    }

    [Fact]
    public async Task AnAdapter_ThatChangedOnDisk_IsServedAsItIsNow()
    {
        using var server = ServerProcess.Start(Models, "--max-context", "128");
        async Task<string> TextAsync() => (string)(await server.PostAsync("/v1/completions", new { model = ServedModels.Warm, prompt = "a", temperature = 0, max_tokens = 20 })).Body["choices"]![0]!["text"]!;
        var before = await TextAsync();
        var bytes = await server.MetricAsync("rlhfhub_native_bytes");

        for (var seed = 11; seed < 15; seed++)
        {
            ServedModels.WriteAdapter(Models, ServedModels.Warm, seed);
            Assert.NotEqual(before, await TextAsync());
        }

        await server.WaitUntilIdleAsync();
        Assert.InRange(await server.MetricAsync("rlhfhub_native_bytes"), 0, bytes + (1 << 20));
    }

    [Fact]
    public void Serve_WrongOptions_AreOneSentence()
    {
        Verb.Run("serve", "--models", folder["nowhere"]).AssertRefused(1, "does not exist; expected a folder with models");
        Verb.Run("serve", "--models", Models, "--urls", "http://0.0.0.0:0").AssertRefused(1, "which other machines can reach; give --public too");
        Verb.Run("serve", "--models", Models, "--urls", "http://*:0", "--public").AssertRefused(1, "set RLHFHUB_TOKEN");
        Verb.Run("serve", "--models", Models, "--urls", "everywhere").AssertRefused(1, "expected an address such as http://127.0.0.1:8000");
        Verb.Run("serve", "--models", Models, "--urls", "http://localhost:0").AssertRefused(1, "--urls is 'http://localhost:0'");
        Verb.Run("serve", "--models", Models, "--urls", "http://127.0.0.1:0/path").AssertRefused(1, "--urls is 'http://127.0.0.1:0/path'");
        Verb.Run("serve", "--models", Models, "--memory-gb", "8,5").AssertRefused(1, "expected a number above 0");
        Verb.Run("serve", "--models", Models, "--max-batch", "0").AssertRefused(1, "between 1 and 1024");
    }

    public void Dispose() => folder.Dispose();

    private static async Task<(IReadOnlyList<string> Events, Exception? Error)> ReadAsync(ServerProcess server, int count)
    {
        var events = new List<string>();
        try
        {
            await foreach (var data in server.StreamAsync("/v1/completions", new { model = ServedModels.Base, prompt = Enumerable.Repeat("a", count).ToArray(), max_tokens = 100, ignore_eos = true, stream = true })) events.Add(data);
            return (events, null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return (events, error);
        }
    }

    private static void Terminate(Process process) => Assert.Equal(0, Kill(process.Id, 15));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
