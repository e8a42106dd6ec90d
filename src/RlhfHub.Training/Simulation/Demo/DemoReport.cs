namespace RlhfHub.Training.Simulation.Demo;

/// <summary>What came of a demonstration. All replies are to prompts worded as no training prompt is.</summary>
/// <param name="Starter">Replies of the model that everything began with.</param>
/// <param name="Taught">Replies of the model taught by demonstrations.</param>
/// <param name="Practised">Replies of the model that practised against the reward model.</param>
/// <param name="RewardAccuracy">How often the reward model prefers what a rater preferred, on comparisons that it has not seen.</param>
/// <param name="Kl">How far PPO drifted from the taught model, in nats a reply, at its last step.</param>
/// <param name="WinRate">How often fresh raters who did not know which was which preferred the practised model's reply to the taught one's; ties count half.</param>
public sealed record DemoReport(ReplyCensus Starter, ReplyCensus Taught, ReplyCensus Practised, WinRate RewardAccuracy, double Kl, WinRate WinRate);
