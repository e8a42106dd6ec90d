using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>
/// Callers of all kinds at once: whole answers and streams, some given up half-way, connections that drop, bodies that are too large or no JSON, prompts that are
/// too long, models that are not there, scores and embeddings, and adapters that are written anew and put out of memory all the while.
/// </summary>
internal sealed class Storm(ServerProcess server, string models, int seed)
{
    private const int Callers = 24;

    private readonly string[] writers = [ServedModels.Base, ServedModels.Warm, ServedModels.Cold];
    private readonly List<string> faults = [];
    private readonly SortedDictionary<string, int> seen = new(StringComparer.Ordinal);

    /// <summary>What went otherwise than it should.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many requests of each kind there were.</summary>
    public IReadOnlyDictionary<string, int> Seen => seen;

    /// <summary>Sends so many requests.</summary>
    public async Task RunAsync(int requests)
    {
        var next = 0;
        using var over = new CancellationTokenSource();
        var swapping = SwapAsync(over.Token);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number <= requests; number = Interlocked.Increment(ref next)) await OneAsync(new Random(seed * 1_000_003 + number));
        }));
        await over.CancelAsync();
        await swapping;
    }

    private async Task OneAsync(Random random)
    {
        var model = writers[random.Next(writers.Length)];
        var (kind, call) = random.Next(12) switch
        {
            0 or 1 => ("whole", WholeAsync(model, random)),
            2 or 3 or 4 => ("stream", StreamAsync(model, random)),
            5 or 6 => ("cancelled stream", CancelAsync(model, random)),
            7 => ("dropped connection", DropAsync(model, random)),
            8 => ("malformed body", RefusedAsync("/v1/chat/completions", new StringContent("{\"model\": \"tiny\", \"messages\": [{"), 400)),
            9 when random.Next(4) == 0 => ("oversized body", OversizedAsync()),
            9 => ("too long a prompt", RefusedAsync("/v1/completions", JsonContent.Create(new { model, prompt = string.Join(' ', Enumerable.Repeat("word", 500)) }), 400)),
            10 => ("unknown model", RefusedAsync("/v1/completions", JsonContent.Create(new { model = "none", prompt = "a" }), 404)),
            _ => ("scores and embeddings", ScoreAsync(random)),
        };
        lock (seen) seen[kind] = seen.GetValueOrDefault(kind) + 1;
        try
        {
            await call;
        }
        catch (Exception problem)
        {
            lock (faults) faults.Add($"{kind}: {problem.GetType().Name}: {problem.Message}");
        }
    }

    private async Task WholeAsync(string model, Random random)
    {
        var count = random.Next(1, 4);
        var (status, body) = await server.PostAsync("/v1/chat/completions", new { model, messages = Messages(random), n = count, max_tokens = random.Next(1, 40), seed = random.Next() });
        if (status != 200) throw new InvalidOperationException($"status {status}: {body.ToJsonString()}");
        var choices = body["choices"]!.AsArray();
        if (choices.Count != count || choices.Any(choice => (string?)choice!["finish_reason"] is not ("stop" or "length"))) throw new InvalidOperationException($"not whole: {body.ToJsonString()}");
    }

    private async Task StreamAsync(string model, Random random)
    {
        var (reason, last) = ((string?)null, "");
        await foreach (var data in server.StreamAsync("/v1/chat/completions", new { model, messages = Messages(random), max_tokens = random.Next(1, 60), seed = random.Next(), stream = true }))
        {
            last = data;
            if (data != "[DONE]") reason ??= (string?)JsonNode.Parse(data)!["choices"]![0]!["finish_reason"];
        }
        if (last != "[DONE]" || reason is null) throw new InvalidOperationException($"The stream ended with {last}, its reason is {reason ?? "none"}.");
    }

    private async Task CancelAsync(string model, Random random)
    {
        var left = random.Next(0, 10);
        await foreach (var _ in server.StreamAsync("/v1/chat/completions", new { model, messages = Messages(random), max_tokens = 60, ignore_eos = true, stream = true }))
            if (left-- == 0) return;
    }

    private async Task DropAsync(string model, Random random)
    {
        var body = new JsonObject { ["model"] = model, ["prompt"] = "a", ["max_tokens"] = 60, ["ignore_eos"] = true, ["stream"] = random.Next(2) == 0 }.ToJsonString();
        var address = new Uri(server.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var text = string.Create(CultureInfo.InvariantCulture, $"POST /v1/completions HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {ServerProcess.Token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var bytes = Encoding.ASCII.GetBytes(text);
        var whole = random.Next(2) == 0;
        await client.GetStream().WriteAsync(bytes.AsMemory(0, whole ? bytes.Length : random.Next(1, bytes.Length)));
        if (whole) await Task.Delay(random.Next(0, 20));
        // A reset rather than a goodbye, half the time.
        if (random.Next(2) == 0) client.Client.LingerState = new LingerOption(true, 0);
    }

    private async Task RefusedAsync(string path, HttpContent content, int expected)
    {
        using (content)
        {
            using var response = await server.Http.PostAsync(path, content);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"];
            if ((int)response.StatusCode != expected || error is null) throw new InvalidOperationException($"status {(int)response.StatusCode}, expected {expected}");
        }
    }

    private async Task OversizedAsync()
    {
        using var content = new StringContent(new string('x', 17 << 20));
        try
        {
            using var response = await server.Http.PostAsync("/v1/chat/completions", content);
            if ((int)response.StatusCode != 413) throw new InvalidOperationException($"status {(int)response.StatusCode}, expected 413");
        }
        catch (HttpRequestException)
        {
            // The server may close before it has read all that it refuses.
        }
    }

    private async Task ScoreAsync(Random random)
    {
        var (path, body) = random.Next(3) switch
        {
            0 => ("/v1/score", (object)new { model = ServedModels.Reward, input = new[] { "one", "two" } }),
            1 => ("/v1/score", new { model = ServedModels.RewardAdapter, input = "one" }),
            _ => ("/v1/embeddings", new { model = ServedModels.Base, input = new[] { "one", "two", "three" } }),
        };
        var (status, answer) = await server.PostAsync(path, body);
        if (status != 200 || answer["data"]!.AsArray().Count == 0) throw new InvalidOperationException($"status {status}: {answer.ToJsonString()}");
    }

    /// <summary>Writes an adapter anew, or puts a model out of memory, again and again.</summary>
    private async Task SwapAsync(CancellationToken over)
    {
        for (var turn = 0; !over.IsCancellationRequested; turn++)
        {
            if (turn % 2 == 0) await Task.Run(() => ServedModels.WriteAdapter(models, ServedModels.Warm, seed: 100 + turn), CancellationToken.None);
            else await server.PostAsync("/v1/models/unload", new { model = (turn / 2 % 3) switch { 0 => ServedModels.Cold, 1 => ServedModels.Reward, _ => ServedModels.Base } });
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static object[] Messages(Random random) => [new { role = "user", content = $"Say {random.Next(1000)}, please." }];
}
