using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Options of reward modelling; names and defaults are TRL's, https://huggingface.co/docs/trl/reward_trainer.</summary>
public sealed record RewardOptions : TrainingOptions
{
    /// <summary>TRL's learning rate.</summary>
    public RewardOptions() => LearningRate = 1e-4;

    /// <summary>Weight of a term that draws the sum of a pair's scores towards 0; 0 for none.</summary>
    [Range(0.0, 1000.0), Display(Name = "Centring", Description = "Draws scores towards 0, so that models can be compared; 0.01 is usual, 0 for none.")]
    public double CenterRewardsCoefficient { get; init; }

    /// <summary>How rankings of several replies are learned; with two replies both are Bradley-Terry.</summary>
    [Display(Name = "Rankings", Description = "How rankings of several replies are learned: plackett_luce as one choice after another, all_pairs as comparisons.")]
    public RankingLossKind RankingLossType { get; init; } = RankingLossKind.PlackettLuce;
}

/// <summary>Which loss of a ranking.</summary>
public enum RankingLossKind
{
    /// <summary>The best is chosen of all, the next of those that are left, and so on.</summary>
    PlackettLuce,

    /// <summary>Bradley-Terry over every two replies.</summary>
    AllPairs,
}

/// <summary>Bradley-Terry over pairs, with margins, soft labels and centring where the data and options have them.</summary>
internal sealed class RewardObjective(SequenceClassifier model, int padId, RewardOptions options) : Objective<TokenPair>
{
    public override long Weight(IReadOnlyList<TokenPair> examples) => examples.Count;

    public override long TokenCount(TokenPair example) => example.Chosen.Ids.Length + example.Rejected.Ids.Length;

    public override int Length(TokenPair example) => Math.Max(example.Chosen.Ids.Length, example.Rejected.Ids.Length);

    public override Tensor Loss(IReadOnlyList<TokenPair> examples, long stepWeight, MetricSums metrics)
    {
        var (sequences, margins, preferences) = PairBatch.Of(examples, padId).ToTensors(model.Decoder.Device);
        var scores = model.forward(sequences.Ids, sequences.Lengths).squeeze(-1);                                       // (2 · pairs)
        var (chosen, rejected) = (scores.narrow(0, 0, examples.Count), scores.narrow(0, examples.Count, examples.Count));
        foreach (var (name, value) in RewardMetrics.Of(chosen, rejected)) metrics.Add(name, value, examples.Count);
        PreferenceFigures.Keep(metrics, chosen, rejected);
        var mean = RewardLoss.BradleyTerry(chosen, rejected, margins, preferences, options.CenterRewardsCoefficient);
        return mean.mul((double)examples.Count / stepWeight);
    }

    public override void Summarize(MetricSums validation) => PreferenceFigures.Summarize(validation);
}
