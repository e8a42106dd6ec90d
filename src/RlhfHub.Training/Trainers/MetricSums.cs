using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Weighted means of metrics over micro-batches or validation batches, and for a validation what the model said of every example.</summary>
/// <param name="keepsPredictions">Whether <see cref="Keep"/> keeps; only a validation looks at single examples.</param>
internal sealed class MetricSums(bool keepsPredictions = false)
{
    private readonly Dictionary<string, (double Sum, double Weight)> sums = [];
    private readonly Dictionary<string, List<double>> predictions = [];

    /// <summary>Adds a batch's mean, which stands for so many tokens or examples.</summary>
    public void Add(string name, double mean, double weight)
    {
        var (sum, total) = sums.GetValueOrDefault(name);
        sums[name] = (sum + mean * weight, total + weight);
    }

    /// <summary>Adds all that others have summed up.</summary>
    public void Add(MetricSums others)
    {
        foreach (var (name, (more, moreWeight)) in others.sums)
        {
            var (sum, weight) = sums.GetValueOrDefault(name);
            sums[name] = (sum + more, weight + moreWeight);
        }
    }

    /// <summary>Adds shares that make up the whole when added, such as those of a step's loss.</summary>
    public void AddShare(string name, double share)
    {
        var (sum, _) = sums.GetValueOrDefault(name);
        sums[name] = (sum + share, 1);
    }

    /// <summary>Keeps a number for every example of a batch, for <see cref="Objective{TExample}.Summarize"/>.</summary>
    /// <param name="name">What the numbers are.</param>
    /// <param name="values">(examples).</param>
    public void Keep(string name, Tensor values)
    {
        if (!keepsPredictions) return;
        using var scope = NewDisposeScope();
        if (!predictions.TryGetValue(name, out var kept)) predictions[name] = kept = [];
        kept.AddRange(values.detach().to(ScalarType.Float64).cpu().data<double>().ToArray());
    }

    /// <summary>All that was kept under a name, batch after batch.</summary>
    public IReadOnlyList<double> Kept(string name) => predictions.GetValueOrDefault(name) ?? [];

    /// <summary>Sums and weights for a checkpoint, so that a resumed run reports the same means.</summary>
    public IEnumerable<KeyValuePair<string, double>> State(string prefix) =>
        sums.SelectMany(item => new[] { KeyValuePair.Create($"{prefix}sum/{item.Key}", item.Value.Sum), KeyValuePair.Create($"{prefix}weight/{item.Key}", item.Value.Weight) });

    /// <summary>Takes what <see cref="State"/> gave out of all that a checkpoint holds.</summary>
    public void Restore(IReadOnlyDictionary<string, double> values, string prefix)
    {
        foreach (var (key, sum) in values.Where(item => item.Key.StartsWith($"{prefix}sum/", StringComparison.Ordinal)))
        {
            var name = key[$"{prefix}sum/".Length..];
            sums[name] = (sum, values[$"{prefix}weight/{name}"]);
        }
    }

    /// <summary>A metric so far; 0 without any weight.</summary>
    public double Mean(string name) => sums[name] is var (sum, weight) && weight != 0 ? sum / weight : 0;

    public Dictionary<string, double> Means(string prefix = "") => sums.Keys.ToDictionary(name => prefix + name, Mean);
}
