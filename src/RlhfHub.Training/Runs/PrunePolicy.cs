using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>Which checkpoints stay. The newest always does, and so does every one in use.</summary>
public sealed record PrunePolicy
{
    /// <summary>How many of the newest stay.</summary>
    [JsonPropertyName("save_total_limit")]
    [Range(1, 1_000_000), Display(Name = "Checkpoints kept", Description = "How many of the newest checkpoints stay.")]
    public int KeepLast { get; init; } = 2;

    /// <summary>Checkpoints at multiples of this step stay as well; 0 for none.</summary>
    [JsonPropertyName("save_keep_every")]
    [Range(0, int.MaxValue), Display(Name = "Keep every", Description = "Checkpoints at multiples of this step stay as well; 0 for none.")]
    public int KeepEvery { get; init; }

    /// <summary>Those of the given ones, oldest first, that the policy does not keep.</summary>
    public IReadOnlyList<Checkpoint> Surplus(IReadOnlyList<Checkpoint> checkpoints) =>
        [.. checkpoints.SkipLast(Math.Max(1, KeepLast)).Where(checkpoint => KeepEvery == 0 || checkpoint.Step % KeepEvery != 0)];
}
