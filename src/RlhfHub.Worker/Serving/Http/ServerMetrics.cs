using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using RlhfHub.Training.Devices;
using RlhfHub.Worker.Serving.Engine;

namespace RlhfHub.Worker.Serving.Http;

/// <summary><c>GET /metrics</c> in Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/.</summary>
internal sealed class ServerMetrics(ServingEngine engine, ModelPool pool, PlaceCounter places)
{
    private readonly ConcurrentDictionary<int, long> answers = [];

    public void Count(int status) => answers.AddOrUpdate(status, 1, (_, count) => count + 1);

    public Task AnswerAsync(HttpContext http)
    {
        var text = new StringBuilder();
        Family("rlhfhub_requests_total", "counter", "Requests answered, by status.", [.. answers.OrderBy(item => item.Key).Select(item => ($"{{status=\"{item.Key}\"}}", item.Value))]);
        Family("rlhfhub_tokens_total", "counter", "Tokens written.", [("", engine.TokensWritten)]);
        Family("rlhfhub_texts_running", "gauge", "Texts being written.", [("", engine.Running)]);
        Family("rlhfhub_texts_waiting", "gauge", "Texts that wait for a place in a batch.", [("", engine.Waiting)]);
        Family("rlhfhub_places_taken", "gauge", "Texts and requests taken in and not yet answered.", [("", places.Taken)]);
        Family("rlhfhub_places", "gauge", "How many are taken in before the rest is refused.", [("", places.Most)]);
        Family("rlhfhub_models_loaded", "gauge", "Models and adapters in memory.", [("", pool.LoadedFolders.Count)]);
        Family("rlhfhub_weights_bytes", "gauge", "Weights of base models in memory.", [("", pool.UsedBytes)]);
        if (NativeHeap.UsedBytes is { } used) Family("rlhfhub_native_bytes", "gauge", "Native memory in use, tensors mostly.", [("", used)]);
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return http.Response.WriteAsync(text.ToString(), http.RequestAborted);

        void Family(string name, string kind, string help, IReadOnlyList<(string Labels, long Value)> samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");
            foreach (var (labels, value) in samples) text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
        }
    }
}
