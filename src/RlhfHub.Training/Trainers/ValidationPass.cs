using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Measures a model on all validation examples of an objective.</summary>
internal static class ValidationPass
{
    /// <summary>The metrics, their names beginning with <c>eval_</c>. The model must be in evaluation mode.</summary>
    /// <param name="objective">What is measured, on its validation examples: at least one.</param>
    /// <param name="batchSize">Examples at once.</param>
    /// <param name="mayGoOn">Asked before each batch and told at the end, with how many are done and how many there are; null to go on always.</param>
    /// <returns>Null when it may not go on.</returns>
    public static Dictionary<string, double>? Run<TExample>(Objective<TExample> objective, int batchSize, Func<int, int, bool>? mayGoOn = null)
    {
        using var noGrad = no_grad();
        var sums = new MetricSums(keepsPredictions: true);
        var weight = objective.Weight(objective.Validation);
        TExample[][] batches = [.. objective.Validation.Chunk(batchSize)];
        for (var done = 0; done < batches.Length; done++)
        {
            if (mayGoOn is not null && !mayGoOn(done, batches.Length)) return null;
            using var scope = NewDisposeScope();
            sums.AddShare("loss", objective.Loss(batches[done], weight, sums).item<float>());
        }
        mayGoOn?.Invoke(batches.Length, batches.Length);
        objective.Summarize(sums);
        return sums.Means("eval_");
    }
}
