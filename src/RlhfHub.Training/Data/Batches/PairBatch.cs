using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Data.Batches;

/// <summary>Pairs of replies for one forward pass.</summary>
/// <param name="Sequences">(2 · pairs, time): all chosen ones, then all rejected ones in the same order, as TRL lays them out.</param>
/// <param name="Margins">(pairs); 0 where a pair has none.</param>
/// <param name="SoftLabels">(pairs): the probability that the chosen one is better; 1 where a pair has none.</param>
public sealed record PairBatch(TokenBatch Sequences, float[] Margins, float[] SoftLabels)
{
    /// <summary>Puts pairs into a batch.</summary>
    /// <inheritdoc cref="TokenBatch.Of"/>
    public static PairBatch Of(IReadOnlyList<TokenPair> rows, int padId, int multipleOf = 1) => new(
        TokenBatch.Of([.. rows.Select(pair => pair.Chosen), .. rows.Select(pair => pair.Rejected)], padId, multipleOf),
        [.. rows.Select(pair => (float)(pair.Margin ?? 0))],
        [.. rows.Select(pair => (float)(pair.SoftLabel ?? 1))]);

    /// <summary>The same as tensors: the sequences, and margins and soft labels as float32 (pairs).</summary>
    public (TokenTensors Sequences, Tensor Margins, Tensor SoftLabels) ToTensors(Device? device = null) =>
        (Sequences.ToTensors(device), tensor(Margins, device: device), tensor(SoftLabels, device: device));
}
