using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Data.Batches;

/// <summary>Prompts of one width, padded on the left, so that all of them go on at the same column.</summary>
public sealed record PromptBatch
{
    /// <summary>(batch, time).</summary>
    public required long[,] Ids { get; init; }

    /// <summary>(batch, time): 1 for a token, 0 for padding.</summary>
    public required long[,] Mask { get; init; }

    /// <summary>Pads prompts on the left.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="padId">What fills up the rows; any id will do.</param>
    /// <param name="multipleOf">The width is a multiple of it.</param>
    public static PromptBatch Of(IReadOnlyList<TokenPrompt> prompts, int padId, int multipleOf = 1)
    {
        var (count, time) = (prompts.Count, Padding.Width(prompts.Select(prompt => prompt.Ids.Length), multipleOf));
        var batch = new PromptBatch { Ids = Padding.Filled(count, time, padId), Mask = new long[count, time] };
        for (var row = 0; row < count; row++)
        {
            var ids = prompts[row].Ids;
            for (var i = 0; i < ids.Length; i++)
            {
                batch.Ids[row, time - ids.Length + i] = ids[i];
                batch.Mask[row, time - ids.Length + i] = 1;
            }
        }
        return batch;
    }

    /// <summary>The same as int64 tensors, both (batch, time).</summary>
    public (Tensor Ids, Tensor Mask) ToTensors(Device? device = null) => (tensor(Ids, device: device), tensor(Mask, device: device));
}
