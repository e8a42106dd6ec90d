using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace RlhfHub.Training.Losses;

/// <summary>
/// −Σ log softmax(hidden · headᵀ)[target] as one differentiable function that holds the logits of one chunk of positions at a time. All positions weigh alike
/// in the sum, so that their gradients, p − onehot, are known while the logits still lie in the processor's cache: the backward pass only scales them.
/// Hsu et al. 2024, https://arxiv.org/abs/2410.10989, section 3.2.
/// </summary>
/// <remarks>Arguments: hidden, head, targets, <see cref="ChunkOptions"/>, <see cref="CrossEntropyReport"/>; result: the sum, ().</remarks>
internal sealed class ChunkedCrossEntropy : SingleTensorFunction<ChunkedCrossEntropy>
{
    private const string OptionsKey = "options";

    public override string Name => nameof(ChunkedCrossEntropy);

    public override Tensor forward(AutogradContext context, params object[] arguments)
    {
        var (hidden, head, targets) = ((Tensor)arguments[0], (Tensor)arguments[1], (Tensor)arguments[2]);
        var (options, report) = ((ChunkOptions)arguments[3], (CrossEntropyReport)arguments[4]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<Tensor> losses = [], entropies = [], hits = [], hiddenGradients = [];
        Tensor? headGradient = null;
        foreach (var (start, count) in options.Chunks(hidden, head))
        {
            using var inner = NewDisposeScope();
            var states = hidden.narrow(0, start, count);                                          // (chunk, hidden)
            var target = targets.narrow(0, start, count).unsqueeze(-1);                           // (chunk, 1)
            var logs = options.Logits(states, head).log_softmax(-1);                              // (chunk, vocab)
            var picked = logs.gather(-1, target);                                                 // (chunk, 1)
            var slopes = logs.exp();
            losses.Add(picked.sum().MoveToOuterDisposeScope());
            hits.Add(logs.amax([-1], keepdim: true).eq(picked).sum().MoveToOuterDisposeScope());
            entropies.Add(logs.mul_(slopes).sum().MoveToOuterDisposeScope());
            if (!options.NeedsAny) continue;
            var narrow = slopes.scatter_add_(-1, target, picked.detach().fill_(-1)).to(hidden.dtype);
            if (options.NeedsHidden) hiddenGradients.Add(LinearProduct.Of(narrow, head.t()).MoveToOuterDisposeScope());
            if (options.NeedsHead) headGradient = ChunkOptions.AddProduct(headGradient, narrow, states, slopes.dtype);
        }
        report.Entropy = stack(entropies).sum().neg().MoveToOuterDisposeScope();
        report.Hits = stack(hits).sum().MoveToOuterDisposeScope();
        // TorchSharp takes hold of them only after this method has returned; the caller's scope ends soon after that.
        context.save_for_backward([
            .. options.NeedsHidden ? [cat(hiddenGradients).MoveToOuterDisposeScope()] : Array.Empty<Tensor>(),
            .. options.NeedsHead ? [headGradient!.to(head.dtype).MoveToOuterDisposeScope()] : Array.Empty<Tensor>()]);
        context.save_data(OptionsKey, options);
        return stack(losses).sum().neg().MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext context, Tensor gradient)
    {
        var options = (ChunkOptions)context.get_data(OptionsKey);
        using var scope = NewDisposeScope();
        var saved = new Queue<Tensor>(context.get_saved_variables());
        Tensor? Scaled(bool isNeeded) => isNeeded && saved.Dequeue() is { } slope ? slope.mul(gradient.to(slope.dtype)).MoveToOuterDisposeScope() : null;
        return [Scaled(options.NeedsHidden)!, Scaled(options.NeedsHead)!, null!, null!, null!];
    }
}

/// <summary>By-products of a forward pass, summed over the positions; not differentiable.</summary>
internal sealed class CrossEntropyReport
{
    /// <summary>(): in nats.</summary>
    public Tensor? Entropy { get; set; }

    /// <summary>(), int64: targets that no token was likelier than.</summary>
    public Tensor? Hits { get; set; }
}
