using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Data.Batches;

/// <summary>Replies that are each good or bad.</summary>
/// <param name="Sequences">(batch, time).</param>
/// <param name="Mismatched">(batch, time of its own): each prompt with the reply of the row before it, the first with the last one's, from which KTO estimates its reference point; null for a single row.</param>
/// <param name="IsGood">(batch).</param>
public sealed record VerdictBatch(TokenBatch Sequences, TokenBatch? Mismatched, bool[] IsGood)
{
    /// <summary>Puts verdicts into a batch.</summary>
    /// <param name="rows">The verdicts.</param>
    /// <param name="padId">What fills up the rows; any id will do.</param>
    /// <param name="maxLength">The most tokens of a mismatched row, which keeps its start; null for no limit.</param>
    /// <param name="multipleOf">The width is a multiple of it.</param>
    public static VerdictBatch Of(IReadOnlyList<TokenVerdict> rows, int padId, int? maxLength, int multipleOf = 1)
    {
        TokenSequence[] sequences = [.. rows.Select(row => row.Sequence)];
        // With one row, the shift would pair its prompt with its own reply, which is no mismatch.
        var mismatched = sequences.Length < 2
            ? null
            : TokenBatch.Of([.. sequences.Select((sequence, i) => Joined(sequence, sequences[(i + sequences.Length - 1) % sequences.Length]).Truncated(maxLength, keepsEnd: false))], padId, multipleOf);
        return new(TokenBatch.Of(sequences, padId, multipleOf), mismatched, [.. rows.Select(row => row.IsGood)]);
    }

    /// <summary>The same as tensors: the sequences, the mismatched ones, and the verdicts as bool (batch).</summary>
    public (TokenTensors Sequences, TokenTensors? Mismatched, Tensor IsGood) ToTensors(Device? device = null) =>
        (Sequences.ToTensors(device), Mismatched?.ToTensors(device), tensor(IsGood, device: device));

    private static TokenSequence Joined(TokenSequence prompt, TokenSequence reply) => new(
        [.. prompt.Ids[..prompt.PromptLength], .. reply.Ids[reply.PromptLength..]],
        [.. prompt.LossMask[..prompt.PromptLength], .. reply.LossMask[reply.PromptLength..]],
        prompt.Place);
}
