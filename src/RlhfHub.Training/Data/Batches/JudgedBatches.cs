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

/// <summary>Rankings, with all replies of a prompt in one batch. Ouyang et al. 2022, https://arxiv.org/abs/2203.02155.</summary>
/// <param name="Sequences">(all replies, time), ranking after ranking.</param>
/// <param name="Ranks">The ranks of each ranking's replies, 1 for the best, ties allowed; their counts say where one ranking ends.</param>
public sealed record RankingBatch(TokenBatch Sequences, IReadOnlyList<IReadOnlyList<int>> Ranks)
{
    /// <summary>Puts rankings into a batch.</summary>
    /// <inheritdoc cref="TokenBatch.Of"/>
    public static RankingBatch Of(IReadOnlyList<TokenRanking> rows, int padId, int multipleOf = 1) =>
        new(TokenBatch.Of([.. rows.SelectMany(row => row.Sequences)], padId, multipleOf), [.. rows.Select(row => row.Ranks)]);
}
