namespace RlhfHub.Training.Models.Families;

/// <summary>GPT-NeoX and Pythia: parallel residual, rotation of a part of each head. Black et al. 2022, https://arxiv.org/abs/2204.06745.</summary>
internal static class GptNeoX
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "gpt_neox",
        ClassName = "GPTNeoX",
        DefaultLoraTargets = ["query_key_value"],
        IgnoredEndings = [".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias"],
        Names = new()
        {
            Prefix = "gpt_neox.",
            Embedding = "gpt_neox.embed_in",
            AttentionNorm = "gpt_neox.layers.{i}.input_layernorm",
            QueryKeyValue = "gpt_neox.layers.{i}.attention.query_key_value",
            AttentionOutput = "gpt_neox.layers.{i}.attention.dense",
            FeedForwardNorm = "gpt_neox.layers.{i}.post_attention_layernorm",
            Up = "gpt_neox.layers.{i}.mlp.dense_h_to_4h",
            Down = "gpt_neox.layers.{i}.mlp.dense_4h_to_h",
            FinalNorm = "gpt_neox.final_layer_norm",
            Head = "embed_out",
        },
        ReadOptions = config =>
        {
            var hidden = config.Size("hidden_size");
            var heads = config.Size("num_attention_heads");
            var headDim = HeadShape.HeadDim(config, hidden, heads);
            var bias = config.Flag("attention_bias", true);
            return new DecoderOptions
            {
                VocabularySize = config.Size("vocab_size"),
                HiddenSize = hidden,
                IntermediateSize = config.Size("intermediate_size"),
                Layers = config.Size("num_hidden_layers"),
                Heads = heads,
                KeyValueHeads = heads,
                HeadDim = headDim,
                MaxPositions = config.Size("max_position_embeddings", 2048),
                Norm = NormKind.Layer,
                NormEpsilon = config.Positive("layer_norm_eps", 1e-5),
                Activation = ActivationNames.Read(config, "hidden_act", "gelu"),
                IsGated = false,
                QueryKeyValue = QueryKeyValueLayout.InterleavedByHead,
                HasQueryKeyValueBias = bias,
                HasAttentionOutputBias = bias,
                HasFeedForwardBias = true,
                HasParallelResidual = config.Flag("use_parallel_residual", true),
                Rope = RopeConfig.Read(config, headDim, "rotary_emb_base", "rotary_pct", 0.25),
                HasTiedHead = config.Flag("tie_word_embeddings", false),
            };
        },
    };
}
