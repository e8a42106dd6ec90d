using RlhfHub.Training.Losses;
using RlhfHub.Training.Simulation;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>What the scores of all validation pairs together show.</summary>
internal static class PreferenceFigures
{
    private const string Chosen = "chosen";
    private const string Rejected = "rejected";

    /// <summary>Keeps the scores of a batch of pairs; (pairs) each.</summary>
    public static void Keep(MetricSums metrics, Tensor chosen, Tensor rejected)
    {
        metrics.Keep(Chosen, chosen);
        metrics.Keep(Rejected, rejected);
    }

    /// <summary>
    /// Adds <c>calibration_error</c>, and <c>accuracy_low</c> and <c>accuracy_high</c>: Wilson's 95 % interval of the accuracy, where equal scores are wrong.
    /// It takes pairs for independent; pairs of one prompt are not, so that with many of them the true interval is wider.
    /// </summary>
    public static void Summarize(MetricSums validation)
    {
        var (chosen, rejected) = (validation.Kept(Chosen), validation.Kept(Rejected));
        if (chosen.Count == 0) return;
        using var scope = NewDisposeScope();
        validation.Add("calibration_error", RewardMetrics.CalibrationError(tensor(chosen.ToArray()), tensor(rejected.ToArray())), 1);
        var right = chosen.Zip(rejected).Count(pair => pair.First > pair.Second);
        var accuracy = WinRate.OfJudgments(right, 0, chosen.Count - right);
        validation.Add("accuracy_low", accuracy.Low, 1);
        validation.Add("accuracy_high", accuracy.High, 1);
    }
}
