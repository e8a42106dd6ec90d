using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Layers;

/// <summary>
/// Runs a block without keeping what its backward pass needs, and runs it again when that comes: memory of one block instead of all, for a third more time.
/// Chen et al. 2016, https://arxiv.org/abs/1604.06174. The result is the same to the last bit, dropout included.
/// </summary>
internal sealed class BlockCheckpoint : autograd.SingleTensorFunction<BlockCheckpoint>
{
    private const string BlockKey = "block";
    private const string ContextKey = "context";
    private const string FailureKey = "failure";

    public override string Name => nameof(BlockCheckpoint);

    /// <summary>The block's output.</summary>
    /// <param name="block">The block.</param>
    /// <param name="input">(batch, time, hidden).</param>
    /// <param name="context">The pass that it belongs to.</param>
    /// <param name="failure">Where the second run leaves what it threw.</param>
    public static Tensor Run(Block block, Tensor input, SequenceContext context, RecomputationFailure failure)
    {
        using var scope = NewDisposeScope();
        // A frozen model's embedding asks for no gradient, and then neither would anything above it, adapters included.
        var tracked = input.requires_grad ? input : input.detach().requires_grad_(true);
        return apply(tracked, block, context, failure).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext saved, params object[] arguments)
    {
        var (input, block, context) = ((Tensor)arguments[0], (Block)arguments[1], (SequenceContext)arguments[2]);
        // The tensors of the context belong to the forward pass and are gone with it, unless autograd holds them.
        saved.save_for_backward([input, random.get_rng_state(), .. context.Tensors]);
        saved.save_data(BlockKey, block);
        saved.save_data(ContextKey, context);
        saved.save_data(FailureKey, arguments[3]);
        using var noGrad = no_grad();
        return block.forward(input, context);
    }

    public override List<Tensor> backward(autograd.AutogradContext saved, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var variables = saved.get_saved_variables();
        var input = variables[0].detach().requires_grad_(true);
        try
        {
            Recompute((Block)saved.get_data(BlockKey), ((SequenceContext)saved.get_data(ContextKey)).With(variables[2..]), input, variables[1], gradient);
        }
        catch (Exception error)
        {
            // An exception must not cross the native backward pass, which would end the process: out of memory is one that a trainer mends.
            ((RecomputationFailure)saved.get_data(FailureKey)).Keep(error);
        }
        return [(input.grad ?? zeros_like(input)).MoveToOuterDisposeScope(), null!, null!, null!];
    }

    private static void Recompute(Block block, SequenceContext context, Tensor input, Tensor randomState, Tensor gradient)
    {
        var now = random.get_rng_state();
        random.set_rng_state(randomState);
        using (var withGrad = enable_grad()) block.forward(input, context).backward([gradient]);
        random.set_rng_state(now);
    }
}

/// <summary>What a second run threw inside a backward pass, kept until that pass is over.</summary>
internal sealed class RecomputationFailure
{
    private ExceptionDispatchInfo? first;

    public void Keep(Exception error) => Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(error), null);

    /// <summary>Throws it now; the gradients of that pass are worthless.</summary>
    public void ThrowIfAny() => Interlocked.Exchange(ref first, null)?.Throw();
}
