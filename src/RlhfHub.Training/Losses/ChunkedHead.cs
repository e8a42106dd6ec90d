using RlhfHub.Training.Models.Layers;
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
            var total = logits.logsumexp(-1);                                                     // (chunk)
            var chosen = logits.gather(-1, targets.narrow(0, start, count).unsqueeze(-1)).squeeze(-1);
            picked.Add(chosen.sub(total).MoveToOuterDisposeScope());
            areLikeliest.Add(logits.amax([-1]).eq(chosen).MoveToOuterDisposeScope());
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
            if (options.NeedsHidden) hiddenGradients.Add(LinearProduct.Of(narrow, head.t()).MoveToOuterDisposeScope());
            if (options.NeedsHead) headGradient = ChunkOptions.AddProduct(headGradient, narrow, states, slopes.dtype);
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
