namespace RlhfHub.Training.Trainers;

/// <summary>Training went wrong in a way that more steps only make worse. The message is one sentence: what was seen, what causes it, what to change.</summary>
public sealed class TrainingDivergedException(string message) : Exception(message);
