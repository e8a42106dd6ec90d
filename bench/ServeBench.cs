using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Worker.Tests.Serving;

namespace RlhfHub.Bench;

/// <summary><c>serve</c>: how much of the engine's speed comes through the model server, and how soon a caller has its first token.</summary>
internal static class ServeBench
{
    private const int Callers = 32;
    private const int Tokens = 160;
    private const double LeastShare = 0.6;
    private const double MostIdleMilliseconds = 100;
    private const double MostLoadedMilliseconds = 1000;

    public static Command Create()
    {
        var command = new Command("serve", "The model server with 32 callers at once against generating 32 texts directly, and the time to the first token, idle and loaded. Fails when a line does not hold.");
        command.SetAction(async (_, _) =>
        {
            var models = Path.Combine(AppContext.BaseDirectory, "models");
            var direct = Direct(Path.Combine(models, "starter"));
            using var server = ServerProcess.Start(models);
            var idle = await FirstTokensAsync(server, 20);
            var whole = await RateAsync(server, streams: false);
            var streamed = await RateAsync(server, streams: true);
            var loaded = await LoadedAsync(server);
            Console.WriteLine($"32 texts of {Tokens} tokens directly: {direct:N0} tokens/s");
            Console.WriteLine($"32 callers, whole answers: {whole:N0} tokens/s = {whole / direct:0.00}; streams: {streamed:N0} tokens/s = {streamed / direct:0.00}");
            Console.WriteLine($"first token, idle: median {Median(idle):0} ms, slowest {idle.Max():0} ms; among 32 streams: median {Median(loaded):0} ms, slowest {loaded.Max():0} ms");
            return Math.Min(whole, streamed) >= LeastShare * direct && idle.Max() <= MostIdleMilliseconds && loaded.Max() <= MostLoadedMilliseconds ? 0 : 1;
        });
        return command;
    }

    private static double Direct(string folder)
    {
        using var text = TextModel.Load(folder);
        ThreadChoice.Apply(text.Model.Config.Decoder, Callers);
        GenerationRequest[] requests =
        [
            .. Enumerable.Range(0, Callers).Select(i => new GenerationRequest
            {
                Prompt = text.EncodeChat([new("user", Question(i))]),
                Options = new() { MaxNewTokens = Tokens, IgnoresEnd = true, Seed = i },
            }),
        ];
        return Callers * Tokens / Measure.MedianSeconds(7, () => TextGenerator.Run(text.Model, text.Tokenizer, requests, endIds: text.EndIds));
    }

    private static async Task<double> RateAsync(ServerProcess server, bool streams)
    {
        var seconds = new List<double>();
        for (var run = 0; run < 8; run++)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => streams ? StreamAsync(server, i) : server.PostAsync("/v1/chat/completions", Body(i, stream: false))));
            if (run > 0) seconds.Add(clock.Elapsed.TotalSeconds);
        }
        return Callers * Tokens / Median(seconds);
    }

    private static async Task<IReadOnlyList<double>> LoadedAsync(ServerProcess server)
    {
        using var over = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, Callers).Select(async i =>
        {
            while (!over.IsCancellationRequested) await StreamAsync(server, i);
        }).ToArray();
        while (await server.MetricAsync("rlhfhub_texts_running") < Callers) await Task.Yield();
        var first = await FirstTokensAsync(server, 20);
        await over.CancelAsync();
        await Task.WhenAll(crowd);
        return first;
    }

    private static async Task<IReadOnlyList<double>> FirstTokensAsync(ServerProcess server, int count)
    {
        var milliseconds = new List<double>();
        for (var i = -2; i < count; i++)
        {
            var clock = Stopwatch.StartNew();
            await foreach (var data in server.StreamAsync("/v1/chat/completions", Body(i, stream: true)))
            {
                if (!data.Contains("\"content\":\"\"", StringComparison.Ordinal)) break;   // the first piece only names the role
            }
            if (i >= 0) milliseconds.Add(clock.Elapsed.TotalMilliseconds);   // the model is loaded by the first call
        }
        return milliseconds;
    }

    private static async Task StreamAsync(ServerProcess server, int index)
    {
        var last = "";
        await foreach (var data in server.StreamAsync("/v1/chat/completions", Body(index, stream: true))) last = data;
        if (last != "[DONE]") throw new InvalidOperationException($"A stream ended with {last}.");
    }

    private static object Body(int index, bool stream) =>
        new { model = "starter", messages = new[] { new { role = "user", content = Question(index) } }, max_tokens = Tokens, ignore_eos = true, seed = index, stream };

    private static string Question(int index) => $"Please tell me a story about a dog and {index + 2} cats.";

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
