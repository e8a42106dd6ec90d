using System.Text.Json;
using RlhfHub.Training.Generation;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>What a request says of how its texts are to be written: OpenAI's fields, and those that other servers have added (<c>top_k</c>, <c>min_p</c>, <c>repetition_penalty</c>, <c>ignore_eos</c>).</summary>
/// <param name="Count">Texts (<c>n</c>).</param>
/// <param name="Streams">Whether tokens are sent as they come.</param>
/// <param name="StreamsUsage">Whether a last piece tells the numbers of tokens.</param>
/// <param name="MaxTokens">At most so many new tokens; null for as many as the context has.</param>
/// <param name="Options">All else; the seed is that of the first text.</param>
internal sealed record SamplingFields(int Count, bool Streams, bool StreamsUsage, int? MaxTokens, GenerationOptions Options)
{
    private const int MostStops = 16;

    /// <exception cref="ApiException">A field is not right.</exception>
    public static SamplingFields Read(RequestBody body, int mostTexts, string[] maxTokens)
    {
        var stop = body.Texts("stop");
        if (stop.Count > MostStops || stop.Any(text => text.Length == 0)) throw ApiException.Wrong("stop", $"'stop' must be at most {MostStops} texts, none of them empty.");
        var limits = maxTokens.Select(name => body.OptionalWhole(name, 1, int.MaxValue)).Where(limit => limit is not null).ToArray();
        if (body.Has("logit_bias")) throw ApiException.Wrong("logit_bias", "'logit_bias' is not supported; leave it out.");
        return new(
            body.Whole("n", 1, mostTexts, 1),
            body.Flag("stream"),
            body.Field("stream_options") is { ValueKind: JsonValueKind.Object } stream && stream.TryGetProperty("include_usage", out var usage) && usage.ValueKind == JsonValueKind.True,
            limits.Length > 0 ? (int)limits.Min()! : null,
            new GenerationOptions
            {
                Temperature = body.Number("temperature", 0, 100, 1),
                TopP = body.Number("top_p", 0, 1, 1),
                TopK = body.OptionalWhole("top_k", -1, int.MaxValue) is { } topK and > 0 ? (int)topK : 0,
                MinP = body.Number("min_p", 0, 1, 0),
                PresencePenalty = body.Number("presence_penalty", -2, 2, 0),
                FrequencyPenalty = body.Number("frequency_penalty", -2, 2, 0),
                RepetitionPenalty = body.Number("repetition_penalty", 0.01, 100, 1),
                IgnoresEnd = body.Flag("ignore_eos"),
                Seed = body.OptionalWhole("seed", long.MinValue, long.MaxValue) ?? Random.Shared.NextInt64(),
                Stop = stop,
            });
    }
}
