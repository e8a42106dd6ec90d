using RlhfHub.Training;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>The texts of one request: taken in together, written beside those of all others, given up together when the caller goes.</summary>
/// <param name="places">How many texts the server takes in.</param>
/// <param name="engine">What writes them.</param>
/// <param name="settings">The server's.</param>
internal sealed class Generation(PlaceCounter places, ServingEngine engine, ServerSettings settings)
{
    // Some hundred megabytes of JSON: nobody reads more, and all of a whole answer is in memory at once.
    private const long MostProbabilities = 1_000_000;

    /// <summary>Queues the texts of several prompts, <see cref="SamplingFields.Count"/> of each; text number i takes seed + i.</summary>
    /// <param name="model">The model.</param>
    /// <param name="param">The field that the prompts came in, for messages.</param>
    /// <param name="prompts">Tokens of each.</param>
    /// <param name="fields">How texts are written.</param>
    /// <param name="told">Tokens whose probabilities are told with each token, its own included.</param>
    /// <param name="gone">The caller.</param>
    /// <exception cref="ApiException">A prompt is too long, or there is no room for so many texts.</exception>
    public GenerationTexts Start(ModelLease model, string param, IReadOnlyList<int[]> prompts, SamplingFields fields, int told, CancellationToken gone)
    {
        if (model.Variant.Model is not CausalModel causal) throw ApiException.Wrong("model", $"The model '{model.Id}' scores texts and writes none; POST /v1/score asks it.", "model_not_supported");
        var context = Math.Min(settings.MaxContext, TextGenerator.ContextOf(causal));
        foreach (var prompt in prompts) Check(param, prompt, fields.MaxTokens, context, causal.Config.Decoder.VocabularySize);
        var wanted = (long)prompts.Count * fields.Count;
        if (wanted > places.Most) throw ApiException.Wrong(prompts.Count > 1 ? param : "n", $"The request asks for {wanted} texts; this server takes in {places.Most} at most (--max-queue).");
        var probabilities = wanted * told * (fields.MaxTokens ?? context);
        if (probabilities > MostProbabilities) throw ApiException.Wrong("logprobs", $"The request may get {probabilities} log-probabilities; ask for at most {MostProbabilities}, with fewer texts, tokens or alternatives.");
        var count = (int)wanted;
        var held = places.TryTake(count) ?? throw ApiException.Busy($"The server has {places.Taken} texts to write already and takes {places.Most}; {count} more do not fit now.", 1);
        var cancelled = CancellationTokenSource.CreateLinkedTokenSource(gone);
        var jobs = prompts.SelectMany((prompt, p) => Enumerable.Range(0, fields.Count).Select(i => engine.Generate(model.Variant, new GenerationRequest
        {
            Prompt = prompt,
            Options = fields.Options with { MaxNewTokens = fields.MaxTokens ?? context - prompt.Length, Seed = fields.Options.Seed + p * fields.Count + i },
            Cancellation = cancelled.Token,
        }))).ToArray();
        return new GenerationTexts(jobs, cancelled, held, prompts.Sum(prompt => prompt.Length));
    }

    /// <summary>What an engine's failure means to the caller.</summary>
    public static ApiException Explain(Exception problem) => problem switch
    {
        ApiException api => api,
        InvalidInputException wrong => new ApiException(400, wrong.Message),
        OperationCanceledException => new ApiException(503, "The server is stopping.") { RetryAfterSeconds = 5 },
        ModelFileException broken => new ApiException(500, broken.Message) { Code = "model_broken" },
        _ => new ApiException(500, $"The request could not be served: {problem.Message.Split('\n')[0]}"),
    };

    public static string FinishReason(GenerationResult result) => result.Reason == Training.Generation.FinishReason.Length ? "length" : "stop";

    private static void Check(string param, int[] prompt, int? maxTokens, int context, int vocabulary)
    {
        if (prompt.Length == 0) throw ApiException.Wrong(param, "The prompt has no tokens; expected at least one.");
        if (prompt.FirstOrDefault(id => id < 0 || id >= vocabulary, -1) is >= 0 and var unknown) throw ApiException.Wrong(param, $"The prompt has the token {unknown}; the model's vocabulary has 0 to {vocabulary - 1}.");
        if (prompt.Any(id => id < 0)) throw ApiException.Wrong(param, "The prompt has a negative token id.");
        if (prompt.Length >= context)
            throw ApiException.Wrong(param, $"The prompt has {prompt.Length} tokens; this model's context is {context}, of which at least one must be left for new text.", "context_length_exceeded");
        if (maxTokens is { } wanted && prompt.Length + (long)wanted > context)
            throw ApiException.Wrong("max_tokens", $"The prompt has {prompt.Length} tokens and {wanted} new ones are asked for; this model's context is {context}. Ask for at most {context - prompt.Length}.", "context_length_exceeded");
    }
}

/// <summary>Texts on their way.</summary>
/// <param name="Jobs">One a text: those of the first prompt, then those of the second.</param>
/// <param name="Cancelled">Gives them up.</param>
/// <param name="Held">Their places.</param>
/// <param name="PromptTokens">Tokens of the prompts, each counted once.</param>
internal sealed record GenerationTexts(IReadOnlyList<GenerationJob> Jobs, CancellationTokenSource Cancelled, IDisposable Held, int PromptTokens) : IAsyncDisposable
{
    /// <summary>All texts, when the last has ended.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task<GenerationResult[]> AllAsync()
    {
        var results = await Task.WhenAll(Jobs.Select(job => job.Result));
        Cancelled.Token.ThrowIfCancellationRequested();
        return results;
    }

    /// <summary>Gives up what is still being written, and waits until the model is free of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Cancelled.CancelAsync();
        foreach (var job in Jobs) await job.Result.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Cancelled.Dispose();
        Held.Dispose();
    }
}
