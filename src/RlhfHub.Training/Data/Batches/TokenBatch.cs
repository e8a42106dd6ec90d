using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Data.Batches;

/// <summary>Rows of tokens of one width, padded on the right.</summary>
public sealed record TokenBatch
{
    /// <summary>The label of a token that is not to be learned, as PyTorch's cross entropy ignores it.</summary>
    public const long Ignored = -100;

    /// <summary>(batch, time).</summary>
    public required long[,] Ids { get; init; }

    /// <summary>(batch, time): the id where it is to be learned, else <see cref="Ignored"/>. Not shifted: the label at t is predicted from t − 1.</summary>
    public required long[,] Labels { get; init; }

    /// <summary>(batch): the tokens of each row without padding.</summary>
    public required long[] Lengths { get; init; }

    /// <summary>(batch, time): which of its row's examples a token belongs to, from 1, and 0 for padding; null unless packed. A token may see only its own example.</summary>
    public long[,]? Segments { get; init; }

    /// <summary>(batch, time): the place of a token in its example, from 0; null unless packed.</summary>
    public long[,]? Positions { get; init; }

    /// <summary>All tokens without padding.</summary>
    public long TokenCount => Lengths.Sum();

    /// <summary>The labels that are not ignored, which Hugging Face's trainer calls <c>num_items_in_batch</c>; it includes the first token of a row where that is to be learned.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            foreach (var label in Labels)
                if (label != Ignored) count++;
            return count;
        }
    }

    /// <summary>The tokens that are predicted: as <see cref="LabelCount"/>, without the first of each row.</summary>
    public int TargetCount => LabelCount - Enumerable.Range(0, Lengths.Length).Count(row => Labels[row, 0] != Ignored);

    /// <summary>The same as tensors.</summary>
    public TokenTensors ToTensors(Device? device = null) => new(
        tensor(Ids, device: device),
        tensor(Labels, device: device),
        tensor(Lengths, device: device),
        Segments is null ? null : tensor(Segments, device: device),
        Positions is null ? null : tensor(Positions, device: device));

    /// <summary>One example a row.</summary>
    /// <param name="rows">The examples.</param>
    /// <param name="padId">What fills up the rows; any id will do, see <see cref="Padding.IdOf"/>.</param>
    /// <param name="multipleOf">The width is a multiple of it.</param>
    public static TokenBatch Of(IReadOnlyList<TokenSequence> rows, int padId, int multipleOf = 1) =>
        Fill([.. rows.Select(row => new PackedRow([row]))], padId, multipleOf, isPacked: false);

    /// <summary>Several examples a row. The first token of each is not learned, since what precedes it belongs to another.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TokenSequence}, int, int)"/>
    public static TokenBatch Packed(IReadOnlyList<PackedRow> rows, int padId, int multipleOf = 1) => Fill(rows, padId, multipleOf, isPacked: true);

    private static TokenBatch Fill(IReadOnlyList<PackedRow> rows, int padId, int multipleOf, bool isPacked)
    {
        var (count, time) = (rows.Count, Padding.Width(rows.Select(row => row.Length), multipleOf));
        var batch = new TokenBatch
        {
            Ids = Padding.Filled(count, time, padId),
            Labels = Padding.Filled(count, time, Ignored),
            Lengths = [.. rows.Select(row => (long)row.Length)],
            Segments = isPacked ? new long[count, time] : null,
            Positions = isPacked ? new long[count, time] : null,
        };
        for (var row = 0; row < count; row++)
        {
            var (at, segment) = (0, 0L);
            foreach (var part in rows[row].Parts)
            {
                segment++;
                for (var i = 0; i < part.Ids.Length; i++, at++)
                {
                    batch.Ids[row, at] = part.Ids[i];
                    if (part.LossMask[i] && !(isPacked && i == 0)) batch.Labels[row, at] = part.Ids[i];
                    if (!isPacked) continue;
                    batch.Segments![row, at] = segment;
                    batch.Positions![row, at] = i;
                }
            }
        }
        return batch;
    }
}

/// <summary>A <see cref="TokenBatch"/> as int64 tensors on a device.</summary>
/// <param name="Ids">(batch, time).</param>
/// <param name="Labels">(batch, time), see <see cref="TokenBatch.Labels"/>.</param>
/// <param name="Lengths">(batch).</param>
/// <param name="Segments">(batch, time), see <see cref="TokenBatch.Segments"/>; null unless packed.</param>
/// <param name="Positions">(batch, time); null unless packed.</param>
public sealed record TokenTensors(Tensor Ids, Tensor Labels, Tensor Lengths, Tensor? Segments, Tensor? Positions);
