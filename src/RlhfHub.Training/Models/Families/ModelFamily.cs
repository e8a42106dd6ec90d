namespace RlhfHub.Training.Models.Families;

/// <summary>
/// One architecture family: how its <c>config.json</c> reads and what its checkpoint calls each weight. A new family is one file with one of these and a line in <see cref="ModelFamilies.All"/>.
/// </summary>
internal sealed record ModelFamily
{
    /// <summary>The <c>model_type</c> of its configs.</summary>
    public required string ModelType { get; init; }

    /// <summary>The class name before <c>ForCausalLM</c> and <c>ForSequenceClassification</c>, e.g. <c>Llama</c>.</summary>
    public required string ClassName { get; init; }

    /// <summary>What its causal models are called in <c>architectures</c>.</summary>
    public string CausalClass { get; init; } = "ForCausalLM";

    /// <summary>The names of its weights.</summary>
    public required CheckpointNames Names { get; init; }

    /// <summary>Linear weights are stored (in, out) instead of (out, in), as GPT-2's Conv1D does.</summary>
    public bool HasTransposedLinears { get; init; }

    /// <summary>Buffers that older checkpoints carry and nothing needs, as name endings.</summary>
    public IReadOnlyList<string> IgnoredEndings { get; init; } = [".rotary_emb.inv_freq"];

    /// <summary>What LoRA adapts unless told otherwise: PEFT's own choice for the family, as endings of module names.</summary>
    public IReadOnlyList<string> DefaultLoraTargets { get; init; } = ["q_proj", "v_proj"];

    /// <summary>Reads a config of this family.</summary>
    public required Func<ConfigReader, DecoderOptions> ReadOptions { get; init; }

    /// <summary>The name in <c>architectures</c> of a causal model of this family.</summary>
    public string CausalArchitecture => ClassName + CausalClass;

    /// <summary>The name in <c>architectures</c> of a model with a scalar or label head.</summary>
    public string ClassificationArchitecture => ClassName + "ForSequenceClassification";
}

/// <summary>A family's names of its weights, without <c>.weight</c> and <c>.bias</c>. In those of a block <c>{i}</c> stands for its number.</summary>
internal sealed record CheckpointNames
{
    /// <summary>What every name of the decoder begins with; a checkpoint of the bare decoder leaves it out.</summary>
    public required string Prefix { get; init; }

    /// <summary>Token embedding.</summary>
    public required string Embedding { get; init; }

    /// <summary>Learned positions, where the family has them.</summary>
    public string? Positions { get; init; }

    /// <summary>The norm before attention.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>The norm before the feed-forward layer.</summary>
    public required string FeedForwardNorm { get; init; }

    /// <summary>Query projection (separate layout).</summary>
    public string? Query { get; init; }

    /// <summary>Key projection (separate layout).</summary>
    public string? Key { get; init; }

    /// <summary>Value projection (separate layout).</summary>
    public string? Value { get; init; }

    /// <summary>The one projection of the fused layouts.</summary>
    public string? QueryKeyValue { get; init; }

    /// <summary>Norm of each query head.</summary>
    public string? QueryNorm { get; init; }

    /// <summary>Norm of each key head.</summary>
    public string? KeyNorm { get; init; }

    /// <summary>Attention's output projection.</summary>
    public required string AttentionOutput { get; init; }

    /// <summary>The gate of a gated feed-forward layer.</summary>
    public string? Gate { get; init; }

    /// <summary>The widening projection.</summary>
    public required string Up { get; init; }

    /// <summary>The narrowing projection.</summary>
    public required string Down { get; init; }

    /// <summary>The norm after the last block.</summary>
    public required string FinalNorm { get; init; }

    /// <summary>The output head of a causal model.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>The head of a sequence classifier.</summary>
    public string Score { get; init; } = "score";
}
