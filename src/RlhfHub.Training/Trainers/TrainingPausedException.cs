namespace RlhfHub.Training.Trainers;

/// <summary>Training went wrong, and the run was paused before the weights that can still be used are gone: a person has to say how it goes on.</summary>
/// <param name="message">What was seen, what causes it, what to change, and from where the run can go on.</param>
/// <param name="fromStep">The step of the checkpoint from before the trouble, from which the run goes on when it is started again; 0 for the beginning.</param>
public sealed class TrainingPausedException(string message, long fromStep) : Exception(message)
{
    /// <summary>The step of the checkpoint from before the trouble; 0 for the beginning.</summary>
    public long FromStep => fromStep;
}
