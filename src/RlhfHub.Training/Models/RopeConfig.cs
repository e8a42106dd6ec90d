namespace RlhfHub.Training.Models;

/// <summary>Reads the rotary settings of a config, in the spelling of transformers 4 (<c>rope_theta</c>, <c>rope_scaling</c>) or 5 (<c>rope_parameters</c>).</summary>
internal static class RopeConfig
{
    private const string Supported = "default, linear, dynamic, llama3 or yarn";

    /// <param name="config">The model's config.</param>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="thetaKey">The older key of the base.</param>
    /// <param name="shareKey">The older key of the rotated share of a head.</param>
    /// <param name="share">The rotated share where the config states none.</param>
    public static RopeOptions Read(ConfigReader config, int headDim, string thetaKey = "rope_theta", string shareKey = "partial_rotary_factor", double share = 1)
    {
        var parameters = config.Section("rope_parameters");
        var theta = parameters?.OptionalPositive("rope_theta") ?? config.Positive(thetaKey, 10000);
        var rotated = parameters?.OptionalPositive("partial_rotary_factor") ?? config.Positive(shareKey, share);
        var dimensions = (int)(headDim * rotated);
        if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0)
            throw new ModelFileException($"{config.File}: {rotated} of the head's {headDim} dimensions cannot be rotated; the share must leave an even number of at least 2.");
        return new RopeOptions { Theta = theta, Dimensions = dimensions, Scaling = Scaling(parameters ?? config.Section("rope_scaling"), config) };
    }

    private static RopeScaling Scaling(ConfigReader? rope, ConfigReader config)
    {
        if (rope is null) return new NoRopeScaling();
        var key = rope.IsAbsent("rope_type") && !rope.IsAbsent("type") ? "type" : "rope_type";
        return rope.Text(key, "default") switch
        {
            "default" => new NoRopeScaling(),
            "linear" => new LinearRopeScaling(rope.Positive("factor")),
            "dynamic" => new DynamicRopeScaling(rope.Positive("factor"), MaxPositions(config)),
            "llama3" => Llama3(rope, config),
            "yarn" => Yarn(rope, config),
            _ => throw rope.Wrong(key, Supported),
        };
    }

    private static Llama3RopeScaling Llama3(ConfigReader rope, ConfigReader config)
    {
        var (low, high) = (rope.Positive("low_freq_factor"), rope.Positive("high_freq_factor"));
        if (low >= high) throw rope.Wrong("low_freq_factor", $"less than high_freq_factor ({high})");
        return new(rope.Positive("factor"), low, high, rope.OptionalSize("original_max_position_embeddings") ?? MaxPositions(config));
    }

    private static YarnRopeScaling Yarn(ConfigReader rope, ConfigReader config)
    {
        var trained = rope.OptionalSize("original_max_position_embeddings") ?? MaxPositions(config);
        return new()
        {
            Factor = rope.OptionalPositive("factor") ?? (double)MaxPositions(config) / trained,
            TrainedPositions = trained,
            BetaFast = rope.Positive("beta_fast", 32),
            BetaSlow = rope.Positive("beta_slow", 1),
            StatedAttentionFactor = rope.OptionalPositive("attention_factor"),
            Mscale = rope.OptionalPositive("mscale"),
            MscaleAllDim = rope.OptionalPositive("mscale_all_dim"),
            Truncate = rope.Flag("truncate", true),
        };
    }

    private static int MaxPositions(ConfigReader config) => config.Size("max_position_embeddings");
}
