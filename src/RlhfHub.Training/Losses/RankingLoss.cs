using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace RlhfHub.Training.Losses;

/// <summary>
/// Losses over rankings of several replies to one prompt. Ranks are small whole numbers, 1 the best, equal for ties; a prompt with fewer replies than the
/// batch is wide has a shorter list of ranks. With two replies every one of these is Bradley-Terry, a tie counting half for each.
/// </summary>
public static class RankingLoss
{
    /// <summary>Tied replies beyond this would need more than 4,096 sums.</summary>
    internal const int MaxTied = 12;

    /// <summary>All C(K, 2) pairs of a prompt, divided by their number, mean over prompts. Ouyang et al. 2022, https://arxiv.org/abs/2203.02155. A tied pair
    /// has preference 0.5.</summary>
    /// <param name="scores">(prompts, K).</param>
    /// <param name="ranks">The ranks of each prompt's replies.</param>
    /// <returns>().</returns>
    /// <exception cref="ArgumentException">A prompt has fewer than two ranks or more than K.</exception>
    public static Tensor AllPairs(Tensor scores, IReadOnlyList<IReadOnlyList<int>> ranks)
    {
        Check(scores, ranks);
        List<long> first = [], second = [];
        List<double> preferences = [], weights = [];
        var width = scores.size(1);
        for (var prompt = 0; prompt < ranks.Count; prompt++)
        {
            var own = ranks[prompt];
            var weight = 2.0 / (own.Count * (own.Count - 1)) / ranks.Count;
            for (var i = 0; i < own.Count; i++)
                for (var j = i + 1; j < own.Count; j++)
                {
                    first.Add(prompt * width + i);
                    second.Add(prompt * width + j);
                    preferences.Add(own[i] < own[j] ? 1 : own[i] > own[j] ? 0 : 0.5);
                    weights.Add(weight);
                }
        }
        using var scope = NewDisposeScope();
        var flat = scores.reshape(-1);
        var lead = flat.index_select(0, Indices(first, scores)).sub(flat.index_select(0, Indices(second, scores)));   // (pairs)
        var preference = Numbers(preferences, scores);
        var losses = preference.mul(logsigmoid(lead)).add(preference.neg().add(1).mul(logsigmoid(lead.neg()))).neg();
        return losses.mul(Numbers(weights, scores)).sum().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Plackett-Luce: the replies are chosen one after another, each by a softmax over those that are left; L = −Σ [s − logsumexp(s of those left)], mean over
    /// prompts. Ties: the mean loss over all orders of the tied, computed exactly from their subsets. Plackett 1975, https://doi.org/10.2307/2346567.
    /// </summary>
    /// <inheritdoc cref="AllPairs"/>
    /// <exception cref="ArgumentException">A prompt has fewer than two ranks, more than K, or more than 12 tied replies.</exception>
    public static Tensor PlackettLuce(Tensor scores, IReadOnlyList<IReadOnlyList<int>> ranks)
    {
        Check(scores, ranks);
        List<long> prompts = [];
        List<double> weights = [];
        List<bool> members = [];
        var isReal = new bool[ranks.Count * scores.size(1)];
        for (var prompt = 0; prompt < ranks.Count; prompt++)
        {
            Array.Fill(isReal, true, prompt * (int)scores.size(1), ranks[prompt].Count);
            foreach (var (left, weight) in ChoiceSets(ranks[prompt], (int)scores.size(1)))
            {
                prompts.Add(prompt);
                weights.Add(weight);
                members.AddRange(left);
            }
        }
        using var scope = NewDisposeScope();
        var isLeft = tensor(members, device: scores.device).view(prompts.Count, -1);                                        // (choices, K)
        var totals = scores.index_select(0, Indices(prompts, scores)).masked_fill(isLeft.logical_not(), double.NegativeInfinity).logsumexp(-1);
        var taken = MaskedStatistics.Sum(scores, tensor(isReal, device: scores.device).view(scores.shape));
        return totals.mul(Numbers(weights, scores)).sum().sub(taken).div(ranks.Count).MoveToOuterDisposeScope();
    }

    /// <summary>Softmax cross entropy of the best of K replies, mean over prompts. Ziegler et al. 2019, https://arxiv.org/abs/1909.08593.</summary>
    /// <param name="scores">(prompts, K).</param>
    /// <param name="best">(prompts), int64: which reply won.</param>
    /// <returns>().</returns>
    public static Tensor BestOf(Tensor scores, Tensor best) => cross_entropy(scores, best);

    /// <summary>
    /// The sets from which one choice after the other is made, each with its expected number of occurrences. When a group of n tied replies comes up, every
    /// subset of s of them is equally likely to be what is left of it: 1 / C(n, s) each, together with all replies of worse rank.
    /// </summary>
    private static IEnumerable<(bool[] Left, double Weight)> ChoiceSets(IReadOnlyList<int> ranks, int width)
    {
        foreach (var tied in Enumerable.Range(0, ranks.Count).GroupBy(reply => ranks[reply]).Select(group => group.ToArray()))
        {
            if (tied.Length > MaxTied) throw new ArgumentException($"{tied.Length} replies share rank {ranks[tied[0]]}; at most {MaxTied} may.", nameof(ranks));
            for (var subset = 1; subset < 1 << tied.Length; subset++)
            {
                var left = new bool[width];
                for (var reply = 0; reply < ranks.Count; reply++) left[reply] = ranks[reply] > ranks[tied[0]];
                for (var i = 0; i < tied.Length; i++) left[tied[i]] = (subset >> i & 1) == 1;
                yield return (left, 1 / Choose(tied.Length, System.Numerics.BitOperations.PopCount((uint)subset)));
            }
        }
    }

    private static double Choose(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return result;
    }

    private static void Check(Tensor scores, IReadOnlyList<IReadOnlyList<int>> ranks)
    {
        if (ranks.Count != scores.size(0)) throw new ArgumentException($"{ranks.Count} rankings for {scores.size(0)} rows of scores.", nameof(ranks));
        foreach (var own in ranks)
            if (own.Count < 2 || own.Count > scores.size(1))
                throw new ArgumentException($"A ranking has {own.Count} replies; expected 2 to {scores.size(1)}.", nameof(ranks));
    }

    private static Tensor Indices(List<long> values, Tensor like) => tensor(values, device: like.device);

    private static Tensor Numbers(List<double> values, Tensor like) => tensor(values, dtype: like.dtype, device: like.device);
}
