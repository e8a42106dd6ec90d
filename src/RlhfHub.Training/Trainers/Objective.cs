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

    /// <summary>Adds what only a whole validation shows, such as F1, from what <see cref="Loss"/> kept of each of its batches.</summary>
    /// <param name="validation">The sums over all batches; takes the new figures too.</param>
    public virtual void Summarize(MetricSums validation)
    {
    }

    /// <summary>Called once, with the model as it was before any step.</summary>
    public virtual void Prepare(int batchSize)
    {
    }

    /// <summary>Prompts for samples, as tokens; empty for a model that writes nothing.</summary>
    public virtual IReadOnlyList<int[]> SamplePrompts(int count) => [];
}
