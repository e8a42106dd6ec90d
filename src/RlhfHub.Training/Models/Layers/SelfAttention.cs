using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Models.Layers;

/// <summary>Causal self-attention with grouped queries. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.</summary>
internal sealed class SelfAttention : Module<Tensor, SequenceContext, Tensor>
{
    private readonly Linear? query;
    private readonly Linear? key;
    private readonly Linear? value;
    private readonly Linear? queryKeyValue;
    private readonly Normalization? queryNorm;
    private readonly Normalization? keyNorm;
    private readonly Linear output;
    private readonly DecoderOptions options;
    private readonly int layer;
    private readonly double scale;

    public SelfAttention(DecoderOptions options, int layer, ScalarType dtype, Device device) : base(nameof(SelfAttention))
    {
        this.options = options;
        this.layer = layer;
        scale = (options.ScalesAttention ? 1 / Math.Sqrt(options.HeadDim) : 1) / (options.ScalesAttentionByLayer ? layer + 1 : 1);
        var (hidden, queries, keyValues, bias) = (options.HiddenSize, options.Heads * options.HeadDim, options.KeyValueHeads * options.HeadDim, options.HasQueryKeyValueBias);
        if (options.QueryKeyValue == QueryKeyValueLayout.Separate)
        {
            query = new Linear(hidden, queries, bias, dtype, device);
            key = new Linear(hidden, keyValues, bias, dtype, device);
            value = new Linear(hidden, keyValues, bias, dtype, device);
        }
        else
        {
            queryKeyValue = new Linear(hidden, queries + 2 * keyValues, bias, dtype, device);
        }
        if (options.HasQueryKeyNorm)
        {
            queryNorm = new Normalization(NormKind.Rms, options.HeadDim, options.NormEpsilon, dtype, device);
            keyNorm = new Normalization(NormKind.Rms, options.HeadDim, options.NormEpsilon, dtype, device);
        }
        output = new Linear(queries, hidden, options.HasAttentionOutputBias, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, SequenceContext context)   // (batch, time, hidden) -> the same
    {
        var (batch, time) = (input.size(0), input.size(1));
        var (q, k, v) = Project(input, batch, time);                    // (batch, heads, time, headDim) each
        if (queryNorm is not null) (q, k) = (queryNorm.forward(q), keyNorm!.forward(k));
        if (context.Rotation is not null) (q, k) = (context.Rotation.Apply(q), context.Rotation.Apply(k));
        var mixed = context.Step is null ? Attend(q, k, v, context) : context.Step.Attend(layer, q, k, v, scale);   // (batch, heads, time, headDim)
        context.Prefill?.Write(layer, k, v);
        return output.forward(MergeHeads(mixed, batch, time));
    }

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor input, long batch, long time)
    {
        var (heads, keyValueHeads, headDim) = (options.Heads, options.KeyValueHeads, options.HeadDim);
        switch (options.QueryKeyValue)
        {
            case QueryKeyValueLayout.Separate:
                return (SplitHeads(query!.forward(input), heads), SplitHeads(key!.forward(input), keyValueHeads), SplitHeads(value!.forward(input), keyValueHeads));
            case QueryKeyValueLayout.Concatenated:
                var side = SplitHeads(queryKeyValue!.forward(input), heads + 2 * keyValueHeads);
                return (side.narrow(1, 0, heads), side.narrow(1, heads, keyValueHeads), side.narrow(1, heads + keyValueHeads, keyValueHeads));
            default:
                var byHead = SplitHeads(queryKeyValue!.forward(input), heads, 3 * headDim);    // (batch, heads, time, 3·headDim)
                return (byHead.narrow(3, 0, headDim), byHead.narrow(3, headDim, headDim), byHead.narrow(3, 2 * headDim, headDim));
        }

        Tensor SplitHeads(Tensor flat, int count, int width = 0)
        {
            width = width == 0 ? headDim : width;
            // One token needs no transposition: (batch, 1, heads·d) and (batch, heads, 1, d) lie alike in memory.
            return time == 1 ? flat.view(batch, count, 1, width) : flat.view(batch, time, count, width).transpose(1, 2);
        }
    }

    private Tensor MergeHeads(Tensor mixed, long batch, long time) =>
        time == 1 ? mixed.reshape(batch, 1, options.Heads * options.HeadDim) : mixed.transpose(1, 2).reshape(batch, time, options.Heads * options.HeadDim);

    private Tensor Attend(Tensor q, Tensor k, Tensor v, SequenceContext context)
    {
        // This SDPA takes no scale and no groups: the scale goes into q, and keys and values are repeated for their query heads.
        var standard = 1 / Math.Sqrt(options.HeadDim);
        var scaled = Math.Abs(scale - standard) < 1e-12 ? q : q.mul(scale / standard);
        var mask = context.MaskOf(layer);
        return functional.scaled_dot_product_attention(scaled, Repeat(k), Repeat(v), attn_mask: mask, is_casual: mask is null);
    }

    private Tensor Repeat(Tensor heads)   // (batch, keyValueHeads, time, headDim) -> (batch, heads, time, headDim)
    {
        var groups = options.Heads / options.KeyValueHeads;
        if (groups == 1) return heads;
        var (batch, count, time, width) = (heads.size(0), heads.size(1), heads.size(2), heads.size(3));
        return heads.unsqueeze(2).expand(batch, count, groups, time, width).reshape(batch, count * groups, time, width);
    }
}
