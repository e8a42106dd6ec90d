using static TorchSharp.torch;

namespace RlhfHub.Training.Generation;

/// <summary>
/// Chooses one token a row from logits, each row by its own options. Draws by inverting the distribution function at the row's own uniform number.
/// Made for a fixed set of rows; the engine makes a new one when rows come or go.
/// </summary>
internal sealed class Sampler : IDisposable
{
    /// <summary>Below it the likeliest token is as good as certain, and logits divided by less would leave float32's range.</summary>
    private const double LeastTemperature = 1e-6;

    private readonly GenerationOptions[] options;
    private readonly Device device;
    private readonly bool areAllGreedy;
    private readonly int mostCandidates;        // enough of the likeliest tokens for every row's top-k; 0 when some row needs all
    private readonly Tensor? temperatures;      // (rows, 1); 1 for a greedy row
    private readonly Tensor? isGreedy;          // (rows, 1), null when none is
    private readonly bool areAllFiltered;       // every row that is not greedy has a filter
    private readonly Tensor? isFiltered;        // (rows, 1), null when no row has a filter
    private readonly Tensor? topK;              // (rows, 1), int64
    private readonly Tensor? topP;              // (rows, 1)
    private readonly Tensor? minP;              // (rows, 1)
    private readonly Tensor? penalties;         // (rows, 1), null when all are 1
    private readonly Tensor? presence;          // (rows, 1), null when no row counts tokens
    private readonly Tensor? frequency;         // (rows, 1), likewise

    public Sampler(IReadOnlyList<GenerationOptions> rows, int vocabularySize, Device device)
    {
        options = [.. rows];
        this.device = device;
        areAllGreedy = options.All(o => o.IsGreedy);
        if (options.Any(o => o.RepetitionPenalty != 1)) penalties = Column(o => o.RepetitionPenalty);
        if (options.Any(o => o.CountsTokens)) (presence, frequency) = (Column(o => o.PresencePenalty), Column(o => o.FrequencyPenalty));
        if (areAllGreedy) return;
        temperatures = Column(o => o.IsGreedy ? 1 : Math.Max(o.Temperature, LeastTemperature));
        if (options.Any(o => o.IsGreedy)) isGreedy = tensor(Array.ConvertAll(options, o => o.IsGreedy), device: device).unsqueeze(1).DetachFromDisposeScope();
        if (!options.Any(IsFiltered)) return;
        isFiltered = tensor(Array.ConvertAll(options, o => IsFiltered(o)), device: device).unsqueeze(1).DetachFromDisposeScope();
        areAllFiltered = options.All(o => o.IsGreedy || IsFiltered(o));
        mostCandidates = options.Where(IsFiltered).All(IsTopK) ? options.Where(IsFiltered).Max(o => o.TopK) : 0;
        topK = tensor(Array.ConvertAll(options, o => (long)(IsTopK(o) ? o.TopK : vocabularySize)), device: device).unsqueeze(1).DetachFromDisposeScope();
        topP = Column(o => o.TopP);
        minP = Column(o => o.MinP);

        bool IsFiltered(GenerationOptions o) => !o.IsGreedy && (IsTopK(o) || o.TopP < 1 || o.MinP > 0);
        bool IsTopK(GenerationOptions o) => o.TopK > 0 && o.TopK < vocabularySize;
    }

    /// <summary>Whether the sampler must be told which tokens have occurred.</summary>
    public bool NeedsOccurrences => penalties is not null;

    /// <summary>Whether the sampler must be told how often each token was written.</summary>
    public bool NeedsCounts => presence is not null;

    /// <summary>Chooses the next token of every row.</summary>
    /// <param name="logits">(rows, vocab), float32.</param>
    /// <param name="occurred">(rows, vocab), bool: which tokens stand in each row's prompt or text; needed when <see cref="NeedsOccurrences"/>.</param>
    /// <param name="counts">(rows, vocab), float32: how often each row's text has each token; needed when <see cref="NeedsCounts"/>.</param>
    /// <param name="draws">How many tokens each row has drawn so far: the index into its seed's stream.</param>
    /// <returns>(rows, 1), int64.</returns>
    public Tensor Next(Tensor logits, Tensor? occurred, Tensor? counts, ReadOnlySpan<int> draws)
    {
        using var scope = NewDisposeScope();
        if (penalties is not null) logits = where(occurred!, where(logits.lt(0), logits.mul(penalties), logits.div(penalties)), logits);
        if (presence is not null) logits = logits.sub(counts!.mul(frequency!)).sub(counts!.gt(0).mul(presence));
        if (areAllGreedy) return logits.argmax(-1, keepdim: true).MoveToOuterDisposeScope();

        var uniforms = new double[draws.Length];
        for (var row = 0; row < uniforms.Length; row++) uniforms[row] = SeededUniform.At(options[row].Seed, draws[row]);
        var uniform = tensor(uniforms, device: device).unsqueeze(1);                                 // (rows, 1), float64
        var tempered = logits.div(temperatures!);
        // Filters go through tokens by likelihood, a plain draw through the vocabulary by id. Which of the two a row takes must not depend on its neighbours.
        var chosen = areAllFiltered ? DrawFiltered(tempered, uniform)
            : isFiltered is null ? Invert(tempered.softmax(-1), uniform)
            : where(isFiltered, DrawFiltered(tempered, uniform), Invert(tempered.softmax(-1), uniform));
        return (isGreedy is null ? chosen : where(isGreedy, logits.argmax(-1, keepdim: true), chosen)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { temperatures, isGreedy, isFiltered, topK, topP, minP, penalties, presence, frequency }) tensor?.Dispose();
    }

    private Tensor DrawFiltered(Tensor tempered, Tensor uniform)
    {
        var (sorted, order) = mostCandidates > 0 ? tempered.topk(mostCandidates, -1) : tempered.sort(-1, descending: true);     // (rows, candidates)
        var rank = arange(sorted.size(-1), dtype: ScalarType.Int64, device: device).unsqueeze(0);
        var probabilities = sorted.masked_fill(rank.ge(topK!), float.NegativeInfinity).softmax(-1);
        var before = probabilities.cumsum(-1).sub(probabilities);                                   // probability of all likelier tokens
        var kept = rank.eq(0).logical_or(before.lt(topP!).logical_and(probabilities.ge(probabilities.narrow(-1, 0, 1).mul(minP!))));
        return order.gather(-1, Invert(probabilities.mul(kept), uniform));
    }

    /// <summary>The first index at which the running sum exceeds the uniform share of the total.</summary>
    private static Tensor Invert(Tensor weights, Tensor uniform)   // (rows, n) and (rows, 1) -> (rows, 1), int64
    {
        // In float64: a float32 sum over a wide vocabulary loses its small terms.
        var running = weights.cumsum(-1, ScalarType.Float64);
        var last = running.narrow(-1, running.size(-1) - 1, 1);
        return searchsorted(running, uniform.mul(last), right: true).clamp_max(running.size(-1) - 1);
    }

    private Tensor Column(Func<GenerationOptions, double> pick) =>
        tensor(Array.ConvertAll(options, o => (float)pick(o)), device: device).unsqueeze(1).DetachFromDisposeScope();
}
