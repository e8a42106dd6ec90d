using RlhfHub.Training.Data.Tokens;

namespace RlhfHub.Training.Data.Batches;

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
