using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace RlhfHub.Training.Losses;

/// <summary>
/// log softmax(hidden · headᵀ / temperature)[target] as one differentiable function that holds the logits of one chunk of positions at a time. The gradient
/// is exact: with g the gradient of a target's log-probability, that of its logits is g · (onehot − p) / temperature.
/// </summary>
/// <remarks>
/// Arguments: hidden, head, targets, <see cref="ChunkOptions"/>, <see cref="ChunkReport"/>; result: log-probabilities. What has no gradient goes into the
/// report:
/// a function of several results gets stand-ins for missing gradients, which TorchSharp 0.107 never frees.
/// </remarks>
internal sealed class ChunkedHead : SingleTensorFunction<ChunkedHead>
{
    private const string OptionsKey = "options";

    public override string Name => nameof(ChunkedHead);

    public override Tensor forward(AutogradContext context, params object[] arguments)
    {
        var (hidden, head, targets) = ((Tensor)arguments[0], (Tensor)arguments[1], (Tensor)arguments[2]);
        var options = (ChunkOptions)arguments[3];
        var report = (ChunkReport)arguments[4];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var chunks = options.Chunks(hidden, head);
        var isKept = chunks.Count <= 1 && options.NeedsAny;
        List<Tensor> picked = [], totals = [], entropies = [], areLikeliest = [];
        Tensor? kept = null;
        foreach (var (start, count) in chunks)
        {
            using var inner = NewDisposeScope();
            var logits = options.Logits(hidden.narrow(0, start, count), head);                    // (chunk, vocab)
            var target = targets.narrow(0, start, count);
            var total = logits.logsumexp(-1);                                                     // (chunk)
            picked.Add(logits.gather(-1, target.unsqueeze(-1)).squeeze(-1).sub(total).MoveToOuterDisposeScope());
            areLikeliest.Add(logits.argmax(-1).eq(target).MoveToOuterDisposeScope());
            var probabilities = logits.sub(total.unsqueeze(-1)).exp_();
            entropies.Add(LogitStatistics.Entropies(logits, total, probabilities).MoveToOuterDisposeScope());
            totals.Add(total.MoveToOuterDisposeScope());
            if (isKept) kept = probabilities.MoveToOuterDisposeScope();
        }
        // TorchSharp takes hold of it only after this method has returned; the caller's scope ends soon after that.
        var extra = (isKept ? kept! : cat(totals)).MoveToOuterDisposeScope();
        context.save_for_backward([hidden, head, targets, extra]);
        context.save_data(OptionsKey, options with { IsKept = isKept });
        report.Entropies = cat(entropies).MoveToOuterDisposeScope();
        report.AreLikeliest = cat(areLikeliest).MoveToOuterDisposeScope();
        return cat(picked).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext context, Tensor gradient)
    {
        var options = (ChunkOptions)context.get_data(OptionsKey);
        using var scope = NewDisposeScope();
        var saved = context.get_saved_variables();
        var (hidden, head, targets) = (saved[0], saved[1], saved[2]);
        var upstream = gradient.div(options.Temperature);                                          // (positions)
        List<Tensor> hiddenGradients = [];
        Tensor? headGradient = null;
        foreach (var (start, count) in options.Chunks(hidden, head))
        {
            using var inner = NewDisposeScope();
            var states = hidden.narrow(0, start, count);                                           // (chunk, hidden)
            var share = upstream.narrow(0, start, count).unsqueeze(-1);                            // (chunk, 1)
            // What was kept may be needed again by a second backward pass; what was made here may be overwritten.
            var slopes = options.IsKept
                ? saved[3].mul(share.neg())
                : options.Logits(states, head).sub_(saved[3].narrow(0, start, count).unsqueeze(-1)).exp_().mul_(share.neg());   // (chunk, vocab)
            slopes.scatter_add_(-1, targets.narrow(0, start, count).unsqueeze(-1), share);
            var narrow = slopes.to(hidden.dtype);
            if (options.NeedsHidden) hiddenGradients.Add(narrow.mm(head).MoveToOuterDisposeScope());
            if (!options.NeedsHead) continue;
            if (headGradient is not null && head.dtype == slopes.dtype)
            {
                headGradient.addmm_(narrow.t(), states, 1, 1);   // within the product: a pass over (vocab, hidden) less for each chunk
                continue;
            }
            // In the logits' precision: a half-precision sum over many chunks would lose its small terms.
            var part = narrow.t().mm(states).to(slopes.dtype);                                     // (vocab, hidden)
            headGradient = headGradient is null ? part.MoveToOuterDisposeScope() : headGradient.add_(part);
        }
        var hiddenGradient = options.NeedsHidden ? cat(hiddenGradients).MoveToOuterDisposeScope() : null;
        return [hiddenGradient!, headGradient?.to(head.dtype).MoveToOuterDisposeScope()!, null!, null!, null!];
    }
}

/// <summary>By-products of a forward pass, (positions) each.</summary>
internal sealed class ChunkReport
{
    public Tensor? Entropies { get; set; }

    public Tensor? AreLikeliest { get; set; }
}

/// <summary>How a batch is cut, and what its backward pass must yield.</summary>
internal sealed record ChunkOptions(double Temperature, long MaxLogits, bool NeedsHidden, bool NeedsHead)
{
    /// <summary>The only chunk's probabilities were kept, so that its logits need not be computed again.</summary>
    public bool IsKept { get; init; }

    public bool NeedsAny => NeedsHidden || NeedsHead;

    /// <summary>Start and length of each chunk; one of length 0 for an empty batch.</summary>
    public IReadOnlyList<(long Start, long Count)> Chunks(Tensor hidden, Tensor head)
    {
        var positions = hidden.size(0);
        var longest = Math.Max(1, MaxLogits / head.size(0));
        if (positions == 0) return [(0, 0)];
        return [.. Enumerable.Range(0, (int)((positions + longest - 1) / longest)).Select(i => (i * longest, Math.Min(longest, positions - i * longest)))];
    }

    /// <summary>Logits in float32 at least, whatever the model's type.</summary>
    public Tensor Logits(Tensor states, Tensor head)
    {
        var logits = nn.functional.linear(states, head);
        if (logits.dtype is ScalarType.BFloat16 or ScalarType.Float16) logits = logits.to(ScalarType.Float32);
        return Temperature == 1 ? logits : logits.div_(Temperature);
    }
}
