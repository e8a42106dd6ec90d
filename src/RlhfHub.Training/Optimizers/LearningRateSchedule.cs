namespace RlhfHub.Training.Optimizers;

/// <summary>How the learning rate goes after its warm-up; Hugging Face's <c>lr_scheduler_type</c>.</summary>
public enum ScheduleKind
{
    /// <summary>Stays (<c>constant</c>, and <c>constant_with_warmup</c> with a warm-up).</summary>
    Constant,

    /// <summary>Falls in a straight line to 0 (<c>linear</c>).</summary>
    Linear,

    /// <summary>Falls along half a cosine, to 0 or to <see cref="LearningRateSchedule.MinFactor"/> (<c>cosine</c>, <c>cosine_with_min_lr</c>).</summary>
    Cosine,
}

/// <summary>The learning rate as a function of the step, with the formulas of transformers' <c>optimization.py</c>.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>What follows the warm-up.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Linear;

    /// <summary>The highest rate.</summary>
    public required double PeakRate { get; init; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Steps of a linear rise from 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>Share of the peak at which a cosine ends, 0 to 1.</summary>
    public double MinFactor { get; init; }

    /// <summary>Warm-up steps from a share of the run, rounded up (Hugging Face's <c>warmup_ratio</c>).</summary>
    public static long WarmupStepsOf(double ratio, long totalSteps) => (long)Math.Ceiling(totalSteps * ratio);

    /// <summary>The rate of a step.</summary>
    /// <param name="step">Steps taken before it: 0 for the first, which a warm-up gives rate 0.</param>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return PeakRate * Factor(step);
    }

    private double Factor(long step)
    {
        if (step < WarmupSteps) return (double)step / WarmupSteps;
        var fallSteps = Math.Max(1, TotalSteps - WarmupSteps);
        switch (Kind)
        {
            case ScheduleKind.Linear:
                return Math.Max(0, (double)(TotalSteps - step) / fallSteps);
            case ScheduleKind.Cosine:
                // Beyond its end the cosine would rise again; transformers lets it.
                var progress = Math.Min(1, (double)(step - WarmupSteps) / fallSteps);
                return MinFactor + (1 - MinFactor) * 0.5 * (1 + Math.Cos(Math.PI * progress));
            default:
                return 1;
        }
    }
}
