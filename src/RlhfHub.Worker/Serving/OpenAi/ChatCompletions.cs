using System.Text.Json;
using RlhfHub.Training.Generation;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>, https://platform.openai.com/docs/api-reference/chat/create.</summary>
internal sealed class ChatCompletions(ModelPool pool, Generation generation, ServerSettings settings)
{
    public async Task AnswerAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        RefuseTools(body);
        var messages = ChatMessages.Read(body);
        var sampling = SamplingFields.Read(body, settings.MaxQueue, ["max_completion_tokens", "max_tokens"]);
        var tellsProbabilities = body.Flag("logprobs");
        var alternatives = body.Whole("top_logprobs", 0, GenerationOptions.MostAlternatives, 0);
        if (alternatives > 0 && !tellsProbabilities) throw ApiException.Wrong("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
        sampling = sampling with { Options = sampling.Options with { Alternatives = alternatives } };

        using var model = await pool.AcquireAsync(body.Text("model"), http.RequestAborted);
        await using var texts = generation.Start(model, "messages", [ChatMessages.Encode(model, messages, addGenerationPrompt: true)], sampling, tellsProbabilities ? 1 + alternatives : 0, http.RequestAborted);
        var answer = new Answer(model, $"chatcmpl-{Guid.NewGuid():N}", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), tellsProbabilities, sampling.StreamsUsage);
        if (sampling.Streams) await StreamAsync(http, texts, answer);
        else await WholeAsync(http, texts, answer);
    }

    private static void RefuseTools(RequestBody body)
    {
        var wantsNone = body.Field("tool_choice") is { ValueKind: JsonValueKind.String } choice && choice.ValueEquals("none");
        foreach (var name in new[] { "tools", "functions" })
            if (body.Has(name) && !wantsNone) throw ApiException.Wrong(name, $"The models here call no tools; leave '{name}' out, or set 'tool_choice' to \"none\".", "tools_not_supported");
        if (body.Field("response_format") is { } format && !(format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")))
            throw ApiException.Wrong("response_format", "The models here promise no format; leave 'response_format' out, or set its type to \"text\".");
        if (body.Has("audio") || (body.Has("modalities") && body.Texts("modalities") is not ["text"])) throw ApiException.Wrong("modalities", "The models here write text only.");
    }

    private static async Task WholeAsync(HttpContext http, GenerationTexts texts, Answer answer)
    {
        var results = await texts.AllAsync();
        var choices = results.Select((result, i) => new
        {
            index = i,
            message = new { role = "assistant", content = result.Text, refusal = (string?)null },
            logprobs = answer.Probabilities(texts.Jobs[i].Written()),
            finish_reason = Generation.FinishReason(result),
        }).ToArray();
        await http.Response.WriteAsJsonAsync(
            new { id = answer.Id, @object = "chat.completion", created = answer.Created, model = answer.Model.Id, choices, usage = Usage.Of(texts, results) }, WireJson.Options, http.RequestAborted);
    }

    private static Task StreamAsync(HttpContext http, GenerationTexts texts, Answer answer) => TokenStream.SendAsync(
        http, texts,
        begin: index => answer.Piece(index, new { role = "assistant", content = "", refusal = (string?)null }, null, null),
        piece: (index, tokens) => answer.Piece(index, new { content = string.Concat(tokens.Select(token => token.Text)) }, answer.Probabilities(tokens), null),
        end: (index, result) => answer.Piece(index, new { }, null, Generation.FinishReason(result)),
        last: answer.StreamsUsage ? results => new { id = answer.Id, @object = "chat.completion.chunk", created = answer.Created, model = answer.Model.Id, choices = Array.Empty<object>(), usage = Usage.Of(texts, results) } : null,
        sendsEmpty: answer.TellsProbabilities);

    /// <summary>What all pieces of an answer share.</summary>
    private sealed record Answer(ModelLease Model, string Id, long Created, bool TellsProbabilities, bool StreamsUsage)
    {
        public object? Probabilities(IReadOnlyList<GeneratedToken> tokens) =>
            TellsProbabilities ? new { content = tokens.Select(token => TokenShape.Chat(Model.Host.Tokenizer, token)).ToArray(), refusal = (object?)null } : null;

        public object Piece(int index, object delta, object? logprobs, string? finishReason) => new
        {
            id = Id,
            @object = "chat.completion.chunk",
            created = Created,
            model = Model.Id,
            choices = new[] { new { index, delta, logprobs, finish_reason = finishReason } },
        };
    }
}
