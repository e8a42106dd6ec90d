namespace RlhfHub.Training.Models.Families;

/// <summary>GPT-2: learned positions, layer norms, one transposed matrix for queries, keys and values. Radford et al. 2019.</summary>
internal static class Gpt2
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "gpt2",
        ClassName = "GPT2",
        CausalClass = "LMHeadModel",
        HasTransposedLinears = true,
        DefaultLoraTargets = ["c_attn"],
        IgnoredEndings = [".attn.bias", ".attn.masked_bias"],
        Names = new()
        {
            Prefix = "transformer.",
            Embedding = "transformer.wte",
            Positions = "transformer.wpe",
            AttentionNorm = "transformer.h.{i}.ln_1",
            QueryKeyValue = "transformer.h.{i}.attn.c_attn",
            AttentionOutput = "transformer.h.{i}.attn.c_proj",
            FeedForwardNorm = "transformer.h.{i}.ln_2",
            Up = "transformer.h.{i}.mlp.c_fc",
            Down = "transformer.h.{i}.mlp.c_proj",
            FinalNorm = "transformer.ln_f",
        },
        ReadOptions = config =>
        {
            var hidden = config.Size("n_embd", 768);
            var heads = config.Size("n_head", 12);
            return new DecoderOptions
            {
                VocabularySize = config.Size("vocab_size", 50257),
                HiddenSize = hidden,
                IntermediateSize = config.OptionalSize("n_inner") ?? checked(4 * hidden),
                Layers = config.Size("n_layer", 12),
                Heads = heads,
                KeyValueHeads = heads,
                HeadDim = HeadShape.HeadDim(config, hidden, heads, "n_head"),
                MaxPositions = config.Size("n_positions", 1024),
                Norm = NormKind.Layer,
                NormEpsilon = config.Positive("layer_norm_epsilon", 1e-5),
                Activation = ActivationNames.Read(config, "activation_function", "gelu_new"),
                IsGated = false,
                QueryKeyValue = QueryKeyValueLayout.Concatenated,
                HasQueryKeyValueBias = true,
                HasAttentionOutputBias = true,
                HasFeedForwardBias = true,
                HasTiedHead = config.Flag("tie_word_embeddings", true),
                ScalesAttention = config.Flag("scale_attn_weights", true),
                ScalesAttentionByLayer = config.Flag("scale_attn_by_inverse_layer_idx", false),
            };
        },
    };
}
