namespace RlhfHub.Training.Models.Families;

/// <summary>Mistral 7B and its kin: Llama with a sliding window. Jiang et al. 2023, https://arxiv.org/abs/2310.06825.</summary>
internal static class Mistral
{
    public static ModelFamily Family { get; } = new()
    {
        ModelType = "mistral",
        ClassName = "Mistral",
        Names = Llama.Names,
        ReadOptions = config => Llama.Options(config, keyValueHeadsByDefault: 8, maxPositionsByDefault: 131072) with
        {
            // Absent means 4096, as the config class has it; null means none.
            SlidingWindow = config.Json.ContainsKey("sliding_window") ? config.OptionalSize("sliding_window") : 4096,
        },
    };
}
