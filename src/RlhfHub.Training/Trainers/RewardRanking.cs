using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>A reward model's loss over rankings of several replies. A ranking of two is a pair: its loss is that of <see cref="RewardObjective"/>.</summary>
internal sealed class RankingObjective(SequenceClassifier model, int padId, RewardOptions options) : Objective<TokenRanking>
{
    public override long Weight(IReadOnlyList<TokenRanking> examples) => examples.Count;

    public override long TokenCount(TokenRanking example) => example.Sequences.Sum(sequence => (long)sequence.Ids.Length);

    public override int Length(TokenRanking example) => example.Sequences.Max(sequence => sequence.Ids.Length);

    public override Tensor Loss(IReadOnlyList<TokenRanking> examples, long stepWeight, MetricSums metrics)
    {
        var batch = RankingBatch.Of(examples, padId);
        var sequences = batch.Sequences.ToTensors(model.Decoder.Device);
        var scores = model.forward(sequences.Ids, sequences.Lengths).squeeze(-1);                                       // (all replies)
        Report(scores, batch.Ranks, metrics);
        var table = Table(scores, batch.Ranks);                                                                         // (rankings, K)
        var mean = options.RankingLossType == RankingLossKind.AllPairs ? RankingLoss.AllPairs(table, batch.Ranks) : RankingLoss.PlackettLuce(table, batch.Ranks);
        if (options.CenterRewardsCoefficient > 0) mean = mean.add(Centering(table, batch.Ranks).mul(options.CenterRewardsCoefficient));
        return mean.mul((double)examples.Count / stepWeight);
    }

    public override void Summarize(MetricSums validation) => PreferenceFigures.Summarize(validation);

    /// <summary>The metrics of every two replies of which one is better.</summary>
    private static void Report(Tensor scores, IReadOnlyList<IReadOnlyList<int>> ranks, MetricSums metrics)
    {
        using var scope = NewDisposeScope();
        List<long> better = [], worse = [];
        var start = 0;
        foreach (var own in ranks)
        {
            for (var i = 0; i < own.Count; i++)
                for (var j = 0; j < own.Count; j++)
                {
                    if (own[i] >= own[j]) continue;
                    better.Add(start + i);
                    worse.Add(start + j);
                }
            start += own.Count;
        }
        // A batch in which all replies are tied has no winner; the metric is there all the same, or no best checkpoint could be told.
        if (better.Count == 0)
        {
            metrics.Add("accuracy", 0, 0);
            return;
        }
        var (chosen, rejected) = (scores.index_select(0, tensor(better, device: scores.device)), scores.index_select(0, tensor(worse, device: scores.device)));
        foreach (var (name, value) in RewardMetrics.Of(chosen, rejected)) metrics.Add(name, value, better.Count);
        PreferenceFigures.Keep(metrics, chosen, rejected);
    }

    /// <summary>The scores of each ranking in a row of its own, 0 where it has fewer replies than others.</summary>
    private static Tensor Table(Tensor scores, IReadOnlyList<IReadOnlyList<int>> ranks)   // (all replies) -> (rankings, K)
    {
        var width = ranks.Max(own => own.Count);
        var padding = scores.size(0);
        var start = 0L;
        List<long> places = [];
        foreach (var own in ranks)
        {
            for (var i = 0; i < width; i++) places.Add(i < own.Count ? start + i : padding);
            start += own.Count;
        }
        return cat([scores, scores.new_zeros(1)]).index_select(0, tensor(places, device: scores.device)).view(ranks.Count, width);
    }

    /// <summary>Mean over rankings of the mean of (s + s')² over all its pairs, which is ((K − 2)·Σs² + (Σs)²) / C(K, 2).</summary>
    private static Tensor Centering(Tensor table, IReadOnlyList<IReadOnlyList<int>> ranks)   // (rankings, K) -> ()
    {
        Tensor PerRanking(Func<int, double> of) => tensor([.. ranks.Select(own => of(own.Count))], dtype: table.dtype, device: table.device);
        var squares = table.square().sum(1).mul(PerRanking(count => count - 2));
        return squares.add(table.sum(1).square()).mul(PerRanking(count => 2.0 / (count * (count - 1)))).mean();
    }
}
