namespace RlhfHub.Training.Models.Families;

/// <summary>Qwen3, dense: Llama with a norm on each query and key head. Yang et al. 2025, https://arxiv.org/abs/2505.09388.</summary>
internal static class Qwen3
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "qwen3",
        ClassName = "Qwen3",
        Names = Llama.Names with { QueryNorm = "model.layers.{i}.self_attn.q_norm", KeyNorm = "model.layers.{i}.self_attn.k_norm" },
        ReadOptions = config =>
        {
            var bias = config.Flag("attention_bias", false);
            return Qwen2.WithWindow(Llama.Options(config, keyValueHeadsByDefault: 32, maxPositionsByDefault: 32768, headDimByDefault: 128), config) with
            {
                HasQueryKeyNorm = true,
                HasQueryKeyValueBias = bias,
                HasAttentionOutputBias = bias,
            };
        },
    };
}
