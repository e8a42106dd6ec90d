using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models.Safetensors;
using RlhfHub.Training.Optimizers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Learns from a batch of episodes: passes over it, each cut into mini-batches, each a step of both optimizers.</summary>
internal sealed class PpoLearner : IDisposable
{
    private const string PolicyOptimizerFile = "optimizer.safetensors";
    private const string ValueOptimizerFile = "value_optimizer.safetensors";

    private readonly RunSession session;
    private readonly PpoModels models;
    private readonly PpoMicroBatch microBatch;
    private readonly PpoOptions options;
    private readonly AdamW policyOptimizer;
    private readonly AdamW valueOptimizer;

    public PpoLearner(RunSession session, PpoModels models, FlatParameters valueParameters, PpoMicroBatch microBatch, PpoOptions options)
    {
        (this.session, this.models, this.microBatch, this.options) = (session, models, microBatch, options);
        policyOptimizer = new AdamW(models.Policy.Parameters, OptimizerOptions);
        valueOptimizer = new AdamW(valueParameters, OptimizerOptions);
    }

    private AdamWOptions OptimizerOptions => new()
    {
        Beta1 = options.AdamBeta1,
        Beta2 = options.AdamBeta2,
        Epsilon = options.AdamEpsilon,
        WeightDecay = options.WeightDecay,
        MaxGradientNorm = options.MaxGradNorm,
        IsEpsilonUncorrected = options.AdamEpsilonUncorrected,
    };

    /// <summary>Takes the weights through all passes over a batch.</summary>
    /// <param name="rollout">The batch.</param>
    /// <param name="experience">What it was worth.</param>
    /// <param name="step">Steps before this one.</param>
    /// <param name="rateShare">Of the learning rates.</param>
    /// <returns>The means of all passes under TRL's names.</returns>
    public Dictionary<string, double> Learn(Rollout rollout, Experience experience, long step, double rateShare)
    {
        var sums = new MetricSums();
        var ratios = new List<double>();
        for (var epoch = 0; epoch < options.NumPpoEpochs; epoch++)
        {
            // The batch comes in an order of chance already; as it is, the first mini-batch finds the very log-probabilities of before.
            var permutation = epoch == 0 ? [.. Enumerable.Range(0, rollout.Count)] : BatchOrder.Permutation(rollout.Count, ~session.Spec.Seed, step * options.NumPpoEpochs + epoch);
            foreach (var miniBatch in permutation.Chunk(options.StepSize))
            {
                var isFirst = epoch == 0 && miniBatch[0] == 0;
                var (loss, ratio, figures) = microBatch.Within(() => Accumulate(rollout, experience, miniBatch, isFirst));
                NativeHeap.Unpin();
                sums.Add(figures);
                ratios.Add(ratio);
                PpoGuards.CheckMiniBatch(step, loss, ratio);
                Move(policyOptimizer, options.LearningRate * rateShare, "grad_norm", step, sums);
                Move(valueOptimizer, options.ValueLearningRate * rateShare, "value_grad_norm", step, sums);
            }
        }
        var metrics = sums.Means();
        metrics["val/ratio_var"] = ratios.Count > 1 ? ratios.Sum(ratio => Math.Pow(ratio - ratios.Average(), 2)) / (ratios.Count - 1) : 0;
        return metrics;
    }

    /// <summary>Writes the optimizers' state into a checkpoint.</summary>
    public void Save(string folder)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(folder, PolicyOptimizerFile), policyOptimizer.State());
        SafetensorsWriter.Write(Path.Combine(folder, ValueOptimizerFile), valueOptimizer.State());
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    public void Restore(string folder)
    {
        using (var saved = SafetensorsFile.Open(Path.Combine(folder, PolicyOptimizerFile))) policyOptimizer.Load(saved);
        using (var saved = SafetensorsFile.Open(Path.Combine(folder, ValueOptimizerFile))) valueOptimizer.Load(saved);
    }

    public void Dispose()
    {
        policyOptimizer.Dispose();
        valueOptimizer.Dispose();
    }

    /// <summary>Adds up the gradients of one mini-batch, in passes that fit the memory; means are over its tokens, however it is cut.</summary>
    private (double Loss, double Ratio, MetricSums Figures) Accumulate(Rollout rollout, Experience experience, int[] miniBatch, bool isFirst)
    {
        var sums = new MetricSums();
        var (allTokens, allValues) = ((double)rollout.TokensOf(miniBatch), (double)rollout.ValuesOf(miniBatch));
        var (totalLoss, totalRatio) = (0.0, 0.0);
        foreach (var part in miniBatch.Chunk(microBatch.Size))
        {
            using var inner = NewDisposeScope();
            var rows = rollout.Index(part);
            var (statistics, values) = models.Evaluate(rollout, rows, options.Temperature);
            var (isToken, isValued) = (rollout.Masks.IsToken.index_select(0, rows), rollout.Masks.IsValued.index_select(0, rows));
            var (tokens, places) = ((double)rollout.TokensOf(part), (double)rollout.ValuesOf(part));
            var before = experience.Of(rows);

            var policy = PpoLoss.Policy(statistics.LogProbabilities, before.LogProbabilities, before.Advantages, isToken, options.Cliprange);
            var value = PpoLoss.Value(values, before.Values, before.Returns, isValued, options.CliprangeValue);
            var loss = policy.Loss.mul(tokens / allTokens).add(value.Loss.mul(options.VfCoef * places / allValues));
            loss.backward();
            models.Model.Decoder.ThrowIfBackwardFailed();

            using var noGrad = no_grad();
            var ratio = policy.Ratio.item<float>();
            totalLoss += loss.item<float>();
            totalRatio += ratio * tokens / allTokens;
            sums.Add("loss/policy_avg", policy.Loss.item<float>(), tokens);
            sums.Add("policy/approxkl_avg", policy.ApproximateKl.item<float>(), tokens);
            sums.Add("policy/clipfrac_avg", policy.ClipFraction.item<float>(), tokens);
            sums.Add("policy/entropy_avg", MaskedStatistics.Mean(statistics.Entropies, isToken).item<float>(), tokens);
            sums.Add("val/ratio", ratio, tokens);
            sums.Add("loss/value_avg", value.Loss.item<float>(), places);
            sums.Add("val/clipfrac_avg", value.ClipFraction.item<float>(), places);
            if (isFirst)
            {
                // What the trainer promises, measured: 0 but for sums in another order.
                var change = statistics.LogProbabilities.sub(before.LogProbabilities).expm1().masked_fill(isToken.logical_not(), 0).abs().max();
                sums.Add("ppo/first_ratio_error", change.item<float>(), tokens);
                sums.Add("ppo/first_clipfrac", policy.ClipFraction.item<float>(), tokens);
            }
        }
        return (totalLoss, totalRatio, sums);
    }

    private static void Move(AdamW optimizer, double rate, string name, long step, MetricSums sums)
    {
        var norm = optimizer.Step(rate);
        PpoGuards.CheckGradient(step, norm);
        sums.Add(name, norm, 1);
    }
}
