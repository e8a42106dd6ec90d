using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Data.Batches;

/// <summary>Texts with their classes.</summary>
/// <param name="Sequences">(batch, time).</param>
/// <param name="Classes">(batch): the number of each class, from 0.</param>
public sealed record ClassBatch(TokenBatch Sequences, long[] Classes)
{
    /// <summary>Puts texts into a batch.</summary>
    /// <inheritdoc cref="TokenBatch.Of"/>
    public static ClassBatch Of(IReadOnlyList<TokenClass> rows, int padId, int multipleOf = 1) =>
        new(TokenBatch.Of([.. rows.Select(row => row.Sequence)], padId, multipleOf), [.. rows.Select(row => (long)row.Label)]);

    /// <summary>The same as tensors: the sequences, and the classes as int64 (batch).</summary>
    public (TokenTensors Sequences, Tensor Classes) ToTensors(Device? device = null) => (Sequences.ToTensors(device), tensor(Classes, device: device));
}
