using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>What a trainer learns from: examples, the loss of some of them, and which validation figure says that it went well.</summary>
/// <typeparam name="TExample">An example as tokens.</typeparam>
internal abstract class Objective<TExample>
{
    public required IReadOnlyList<TExample> Train { get; init; }

    public required IReadOnlyList<TExample> Validation { get; init; }

    /// <summary>The validation metric to keep the best by, without <c>eval_</c>.</summary>
    public virtual string BestMetric => "loss";

    /// <summary>Whether a higher one is better.</summary>
    public virtual bool IsHigherBetter => false;

    /// <summary>What the loss of a step is divided by: its labels, or its examples. Adding up micro-batches then gives the same as one pass.</summary>
    public abstract long Weight(IReadOnlyList<TExample> examples);

    /// <summary>Tokens without padding.</summary>
    public abstract long TokenCount(TExample example);

    /// <summary>Tokens of the longest row that the example needs, for grouping.</summary>
    public abstract int Length(TExample example);

    /// <summary>The share of some examples in a step's loss.</summary>
    /// <param name="examples">A micro-batch.</param>
    /// <param name="stepWeight"><see cref="Weight"/> of the whole step.</param>
    /// <param name="metrics">Takes what there is to report.</param>
    /// <returns>().</returns>
    public abstract Tensor Loss(IReadOnlyList<TExample> examples, long stepWeight, MetricSums metrics);

    /// <summary>Called once, with the model as it was before any step.</summary>
    public virtual void Prepare(int batchSize)
    {
    }

    /// <summary>Prompts for samples, as tokens; empty for a model that writes nothing.</summary>
    public virtual IReadOnlyList<int[]> SamplePrompts(int count) => [];
}

/// <summary>Weighted means of metrics over micro-batches or validation batches.</summary>
internal sealed class MetricSums
{
    private readonly Dictionary<string, (double Sum, double Weight)> sums = [];

    /// <summary>Adds a batch's mean, which stands for so many tokens or examples.</summary>
    public void Add(string name, double mean, double weight)
    {
        var (sum, total) = sums.GetValueOrDefault(name);
        sums[name] = (sum + mean * weight, total + weight);
    }

    /// <summary>Adds shares that make up the whole when added, such as those of a step's loss.</summary>
    public void AddShare(string name, double share)
    {
        var (sum, _) = sums.GetValueOrDefault(name);
        sums[name] = (sum + share, 1);
    }

    public Dictionary<string, double> Means(string prefix = "") => sums.ToDictionary(item => prefix + item.Key, item => item.Value.Weight == 0 ? 0 : item.Value.Sum / item.Value.Weight);
}
