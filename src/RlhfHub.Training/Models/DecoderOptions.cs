namespace RlhfHub.Training.Models;

/// <summary>What a decoder-only transformer is made of. Every family's <c>config.json</c> is read into this one record. Holds no torch type.</summary>
public sealed record DecoderOptions
{
    /// <summary>Number of token ids, including unused ones that pad the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads; a divisor of <see cref="Heads"/>. Ainslie et al. 2023, https://arxiv.org/abs/2305.13245.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; HiddenSize / Heads unless the config says otherwise.</summary>
    public required int HeadDim { get; init; }

    /// <summary>The context: the longest sequence the model was made for, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Which normalisation stands before each sublayer.</summary>
    public required NormKind Norm { get; init; }

    /// <summary>Added to the variance inside the normalisation.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The non-linearity of the feed-forward layer.</summary>
    public required Activation Activation { get; init; }

    /// <summary>True for down(act(gate(x)) * up(x)), false for down(act(up(x))).</summary>
    public required bool IsGated { get; init; }

    /// <summary>How queries, keys and values are stored: three matrices or one.</summary>
    public QueryKeyValueLayout QueryKeyValue { get; init; } = QueryKeyValueLayout.Separate;

    /// <summary>Biases on the query, key and value projections.</summary>
    public bool HasQueryKeyValueBias { get; init; }

    /// <summary>A bias on the attention's output projection.</summary>
    public bool HasAttentionOutputBias { get; init; }

    /// <summary>Biases in the feed-forward layer.</summary>
    public bool HasFeedForwardBias { get; init; }

    /// <summary>RMS normalisation of each query and key head before the rotation (Qwen3).</summary>
    public bool HasQueryKeyNorm { get; init; }

    /// <summary>Attention and feed-forward read the same input and are added together (GPT-NeoX).</summary>
    public bool HasParallelResidual { get; init; }

    /// <summary>Rotary positions; null when positions are learned (GPT-2).</summary>
    public RopeOptions? Rope { get; init; }

    /// <summary>Each token attends to at most this many last tokens, itself included; null for all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>The first block that uses <see cref="SlidingWindow"/>; those before attend to everything.</summary>
    public int SlidingWindowFromLayer { get; init; }

    /// <summary>The output head is the token embedding.</summary>
    public bool HasTiedHead { get; init; }

    /// <summary>Divide the attention scores of block i by i + 1 too (GPT-2's scale_attn_by_inverse_layer_idx).</summary>
    public bool ScalesAttentionByLayer { get; init; }

    /// <summary>False leaves the attention scores without the usual division by the root of <see cref="HeadDim"/> (GPT-2's scale_attn_weights).</summary>
    public bool ScalesAttention { get; init; } = true;

    /// <summary>How many numbers the weights hold, without a head that is tied; for estimates and as a guard before anything is allocated.</summary>
    public long ParameterCount
    {
        get
        {
            checked
            {
                long hidden = HiddenSize, query = (long)Heads * HeadDim, keyValue = (long)KeyValueHeads * HeadDim;
                long norm = Norm == NormKind.Layer ? 2 * hidden : hidden;
                var attention = hidden * (query + 2 * keyValue) + query * hidden
                    + (HasQueryKeyValueBias ? query + 2 * keyValue : 0) + (HasAttentionOutputBias ? hidden : 0) + (HasQueryKeyNorm ? 2 * HeadDim : 0);
                var feedForward = hidden * IntermediateSize * (IsGated ? 3 : 2) + (HasFeedForwardBias ? IntermediateSize * (IsGated ? 2L : 1) + hidden : 0);
                var embeddings = (long)VocabularySize * hidden * (HasTiedHead ? 1 : 2) + (Rope is null ? MaxPositions * hidden : 0);
                return Layers * (attention + feedForward + 2 * norm) + norm + embeddings;
            }
        }
    }
}

/// <summary>The normalisation before each sublayer.</summary>
public enum NormKind
{
    /// <summary>x / rms(x) * w. Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.</summary>
    Rms,

    /// <summary>(x - mean) / std * w + b. Ba et al. 2016, https://arxiv.org/abs/1607.06450.</summary>
    Layer,
}

/// <summary>The feed-forward layer's non-linearity.</summary>
public enum Activation
{
    /// <summary>x * sigmoid(x).</summary>
    Silu,

    /// <summary>x * Phi(x), exactly.</summary>
    Gelu,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>How one checkpoint stores queries, keys and values.</summary>
public enum QueryKeyValueLayout
{
    /// <summary>Three matrices.</summary>
    Separate,

    /// <summary>One matrix: all queries, then all keys, then all values (GPT-2).</summary>
    Concatenated,

    /// <summary>One matrix: query, key and value of the first head, then of the second, and so on (GPT-NeoX).</summary>
    InterleavedByHead,
}
