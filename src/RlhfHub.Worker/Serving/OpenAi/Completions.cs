using RlhfHub.Training.Generation;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary><c>POST /v1/completions</c>: texts that go on from a prompt, https://platform.openai.com/docs/api-reference/completions/create.</summary>
internal sealed class Completions(ModelPool pool, Generation generation, ServerSettings settings)
{
    private const int DefaultMaxTokens = 16;   // OpenAI's

    public async Task AnswerAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        foreach (var name in new[] { "suffix", "echo" })
            if (body.Has(name)) throw ApiException.Wrong(name, $"'{name}' is not supported; leave it out.");
        var sampling = SamplingFields.Read(body, settings.MaxQueue, ["max_tokens"]);
        if (body.Whole("best_of", 1, int.MaxValue, sampling.Count) != sampling.Count) throw ApiException.Wrong("best_of", "'best_of' is not supported; leave it out.");
        var alternatives = body.OptionalWhole("logprobs", 0, GenerationOptions.MostAlternatives);
        sampling = sampling with { MaxTokens = sampling.MaxTokens ?? DefaultMaxTokens, Options = sampling.Options with { Alternatives = (int)(alternatives ?? 0) } };

        using var model = await pool.AcquireAsync(body.Text("model"), http.RequestAborted);
        var prompts = PromptList.Read(body, "prompt", text => model.Host.Tokenizer.Encode(text));
        await using var texts = generation.Start(model, "prompt", prompts, sampling, alternatives is { } most ? 1 + (int)most : 0, http.RequestAborted);
        var answer = new Answer(model, $"cmpl-{Guid.NewGuid():N}", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), alternatives is not null);
        if (!sampling.Streams)
        {
            var results = await texts.AllAsync();
            var choices = results.Select((result, i) => answer.Choice(i, result.Text, answer.Probabilities(texts.Jobs[i].Written(), 0), Generation.FinishReason(result))).ToArray();
            await http.Response.WriteAsJsonAsync(answer.Whole(choices, Usage.Of(texts, results)), WireJson.Options, http.RequestAborted);
            return;
        }
        var offsets = new int[texts.Jobs.Count];
        await TokenStream.SendAsync(
            http, texts,
            begin: null,
            piece: (index, tokens) =>
            {
                var text = string.Concat(tokens.Select(token => token.Text));
                var probabilities = answer.Probabilities(tokens, offsets[index]);
                offsets[index] += text.Length;
                return answer.Piece(answer.Choice(index, text, probabilities, null));
            },
            end: (index, result) => answer.Piece(answer.Choice(index, "", null, Generation.FinishReason(result))),
            last: sampling.StreamsUsage ? results => answer.Whole([], Usage.Of(texts, results)) : null,
            sendsEmpty: answer.TellsProbabilities);
    }

    /// <summary>What all pieces of an answer share.</summary>
    private sealed record Answer(ModelLease Model, string Id, long Created, bool TellsProbabilities)
    {
        public object? Probabilities(IReadOnlyList<GeneratedToken> tokens, int offset) => TellsProbabilities ? TokenShape.Completion(Model.Host.Tokenizer, tokens, offset) : null;

        public object Choice(int index, string text, object? logprobs, string? finishReason) => new { index, text, logprobs, finish_reason = finishReason };

        public object Piece(object choice) => new { id = Id, @object = "text_completion", created = Created, model = Model.Id, choices = new[] { choice } };

        public object Whole(IReadOnlyList<object> choices, Usage usage) => new { id = Id, @object = "text_completion", created = Created, model = Model.Id, choices, usage };
    }
}
