namespace RlhfHub.Training.Simulation.Starter;

/// <summary>How well a starter model does on prompts worded as its training text never words them.</summary>
/// <param name="Parameters">How many numbers its weights hold.</param>
/// <param name="Metrics">The last metrics of its training run, validation included.</param>
/// <param name="Temperature">The temperature of <see cref="Replies"/>.</param>
/// <param name="Replies">Its replies at the temperature it is made for.</param>
/// <param name="RepliesAtOne">Its replies at temperature 1.</param>
/// <param name="Samples">Prompts with their replies at <see cref="Temperature"/>.</param>
public sealed record StarterFigures(
    long Parameters, IReadOnlyDictionary<string, double> Metrics, double Temperature, ReplyCensus Replies, ReplyCensus RepliesAtOne,
    IReadOnlyList<(SimulatedPrompt Prompt, string Reply)> Samples);
