namespace RlhfHub.Training.Models.Families;

/// <summary>Qwen2 and Qwen2.5: Llama with biases on queries, keys and values. Yang et al. 2024, https://arxiv.org/abs/2407.10671.</summary>
internal static class Qwen2
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "qwen2",
        ClassName = "Qwen2",
        Names = Llama.Names,
        ReadOptions = config => WithWindow(Llama.Options(config, keyValueHeadsByDefault: 32, maxPositionsByDefault: 32768) with { HasQueryKeyValueBias = true }, config),
    };

    /// <summary>The window of Qwen2 and Qwen3 is off unless switched on, and then spares the first blocks.</summary>
    internal static DecoderOptions WithWindow(DecoderOptions options, ConfigReader config)
    {
        if (!config.Flag("use_sliding_window", false)) return options;
        var windowed = config.Texts("layer_types").Select(type => type == "sliding_attention").ToArray();
        var from = windowed.Length == 0 ? config.Count("max_window_layers", 28) : Array.IndexOf(windowed, true) is var first && first < 0 ? options.Layers : first;
        if (windowed.Skip(from).Contains(false))
            throw config.Wrong("layer_types", "full_attention for the first blocks and sliding_attention for all others");
        // Absent means 4096, as the config classes have it; null means none.
        var window = config.Json.ContainsKey("sliding_window") ? config.OptionalSize("sliding_window") : 4096;
        return options with { SlidingWindow = window, SlidingWindowFromLayer = from };
    }
}
