namespace RlhfHub.Training.Models.Families;

/// <summary>Llama 1 to 3 and what is shaped like it (SmolLM, stories). Touvron et al. 2023, https://arxiv.org/abs/2302.13971.</summary>
internal static class Llama
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "llama",
        ClassName = "Llama",
        Names = Names,
        ReadOptions = config =>
        {
            var bias = config.Flag("attention_bias", false);
            return Options(config, keyValueHeadsByDefault: null, maxPositionsByDefault: 2048) with
            {
                HasQueryKeyValueBias = bias,
                HasAttentionOutputBias = bias,
                HasFeedForwardBias = config.Flag("mlp_bias", false),
            };
        },
    };

    /// <summary>Mistral, Qwen2 and Qwen3 kept Llama's names.</summary>
    internal static CheckpointNames Names => new()
    {
        Prefix = "model.",
        Embedding = "model.embed_tokens",
        AttentionNorm = "model.layers.{i}.input_layernorm",
        Query = "model.layers.{i}.self_attn.q_proj",
        Key = "model.layers.{i}.self_attn.k_proj",
        Value = "model.layers.{i}.self_attn.v_proj",
        AttentionOutput = "model.layers.{i}.self_attn.o_proj",
        FeedForwardNorm = "model.layers.{i}.post_attention_layernorm",
        Gate = "model.layers.{i}.mlp.gate_proj",
        Up = "model.layers.{i}.mlp.up_proj",
        Down = "model.layers.{i}.mlp.down_proj",
        FinalNorm = "model.norm",
    };

    /// <summary>What the families with Llama's shape share; the defaults of absent keys are each config class's own.</summary>
    internal static DecoderOptions Options(ConfigReader config, int? keyValueHeadsByDefault, int maxPositionsByDefault, int? headDimByDefault = null)
    {
        var hidden = config.Size("hidden_size");
        var heads = config.Size("num_attention_heads");
        var headDim = config.OptionalSize("head_dim") ?? headDimByDefault ?? HeadShape.HeadDim(config, hidden, heads);
        return new DecoderOptions
        {
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = config.Size("intermediate_size"),
            Layers = config.Size("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = HeadShape.KeyValueHeads(config, heads, keyValueHeadsByDefault),
            HeadDim = headDim,
            MaxPositions = config.Size("max_position_embeddings", maxPositionsByDefault),
            Norm = NormKind.Rms,
            NormEpsilon = config.Positive("rms_norm_eps", 1e-6),
            Activation = ActivationNames.Read(config, "hidden_act", "silu"),
            IsGated = true,
            Rope = RopeConfig.Read(config, headDim),
            HasTiedHead = config.Flag("tie_word_embeddings", false),
        };
    }
}
