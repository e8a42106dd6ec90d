using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Options of direct preference optimisation; names and defaults are TRL's, https://huggingface.co/docs/trl/dpo_trainer.</summary>
public sealed record DpoOptions : TrainingOptions
{
    /// <summary>TRL's learning rate.</summary>
    public DpoOptions() => LearningRate = 1e-6;

    /// <summary>How closely the model is held to the one that it started from.</summary>
    [Range(0.0001, 100.0), Display(Name = "Beta", Description = "How closely the model is held to the one it started from; less lets it go farther.")]
    public double Beta { get; init; } = 0.1;

    /// <summary>Which function of the preference.</summary>
    [Display(Name = "Loss", Description = "sigmoid is DPO itself; ipo is gentler with noisy labels, hinge harsher, robust corrects for flipped ones.")]
    public DpoLossKind LossType { get; init; } = DpoLossKind.Sigmoid;

    /// <summary>Share of the labels taken to be flipped.</summary>
    [Range(0.0, 0.49), Display(Name = "Label smoothing", Description = "Share of the judgments taken to be mistaken.")]
    public double LabelSmoothing { get; init; }
}

/// <summary>DPO over pairs. The reference's log-probabilities are computed once, before the first step: no second model is kept.</summary>
internal sealed class DpoObjective(CausalModel model, int padId, DpoOptions options) : Objective<TokenPair>
{
    private readonly Dictionary<TokenPair, (float Chosen, float Rejected)> reference = new(ReferenceEqualityComparer.Instance);

    public override long Weight(IReadOnlyList<TokenPair> examples) => examples.Count;

    public override long TokenCount(TokenPair example) => example.Chosen.Ids.Length + example.Rejected.Ids.Length;

    public override int Length(TokenPair example) => Math.Max(example.Chosen.Ids.Length, example.Rejected.Ids.Length);

    public override void Prepare(int batchSize)
    {
        using var noGrad = no_grad();
        model.eval();
        foreach (var part in Train.Concat(Validation).OrderBy(Length).Chunk(batchSize))
        {
            using var scope = NewDisposeScope();
            var (sums, _) = LogProbabilities(part);
            var values = sums.cpu().data<float>().ToArray();
            for (var i = 0; i < part.Length; i++) reference[part[i]] = (values[i], values[part.Length + i]);
        }
    }

    public override Tensor Loss(IReadOnlyList<TokenPair> examples, long stepWeight, MetricSums metrics)
    {
        var count = examples.Count;
        var (sums, lengths) = LogProbabilities(examples);
        Tensor Reference(Func<(float Chosen, float Rejected), float> side) => tensor(examples.Select(example => side(reference[example])).ToArray(), device: sums.device);
        var pairs = new PairLogProbabilities
        {
            Chosen = sums.narrow(0, 0, count),
            Rejected = sums.narrow(0, count, count),
            ReferenceChosen = Reference(pair => pair.Chosen),
            ReferenceRejected = Reference(pair => pair.Rejected),
            ChosenLengths = lengths.narrow(0, 0, count),
            RejectedLengths = lengths.narrow(0, count, count),
        };
        foreach (var (name, value) in DpoLoss.Metrics(pairs, options.Beta)) metrics.Add(name, value, count);
        return DpoLoss.PerPair(options.LossType, pairs, options.Beta, options.LabelSmoothing).sum().div(stepWeight);
    }

    public override IReadOnlyList<int[]> SamplePrompts(int count) => [.. Validation.Take(count).Select(pair => pair.Chosen.Ids[..pair.Chosen.PromptLength]).Where(prompt => prompt.Length > 0)];

    private (Tensor Sums, Tensor Lengths) LogProbabilities(IReadOnlyList<TokenPair> examples) =>
        Hidden.CompletionLogProbabilities(model, PairBatch.Of(examples, padId).Sequences.ToTensors(model.Decoder.Device));
}
