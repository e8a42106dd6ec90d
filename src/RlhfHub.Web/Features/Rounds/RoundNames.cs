using RlhfHub.Domain.Rounds;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>What rounds, their stages and states are called on pages.</summary>
internal static class RoundNames
{
    public static string Stage(string kind) => kind switch
    {
        "sft" => T("Supervised fine-tuning"),
        "reward" => T("Reward model"),
        "ppo" => T("Reinforcement learning (PPO)"),
        "dpo" => T("Preference optimisation (DPO)"),
        "classify" => T("Classifier"),
        _ => kind,
    };

    /// <summary>What a stage does, for somebody who has not met it yet.</summary>
    public static string Purpose(string kind) => kind switch
    {
        "sft" => T("Teaches the model to write what people wrote."),
        "reward" => T("Teaches a model to score replies as people preferred them."),
        "ppo" => T("Teaches the model to write what the reward model scores highly, without straying far."),
        "dpo" => T("Teaches the model to write what people prefer, straight from comparisons."),
        "classify" => T("Teaches a model to tell which class a text belongs to."),
        _ => "",
    };

    public static string State(RoundState state) => state switch
    {
        RoundState.Queued => T("Waiting"),
        RoundState.Preparing => T("Being prepared"),
        RoundState.Running => T("Running"),
        RoundState.Paused => T("Paused"),
        RoundState.Completed => T("Done"),
        RoundState.Failed => T("Failed"),
        _ => T("Stopped"),
    };

    public static string State(RunState state) => state switch
    {
        RunState.Waiting => T("Waiting"),
        RunState.Preparing => T("Being prepared"),
        RunState.Running => T("Running"),
        RunState.Paused => T("Paused"),
        RunState.Completed => T("Done"),
        RunState.Failed => T("Failed"),
        _ => T("Stopped"),
    };

    /// <summary>What a stage would learn from: "1,204 comparisons from 812 prompts, 96 to measure on".</summary>
    public static string Data(StagePreview preview)
    {
        var learned = preview.Kind switch
        {
            "sft" => N(preview.Examples, "{0:N0} written reply", "{0:N0} written replies"),
            "classify" => N(preview.Examples, "{0:N0} classified text", "{0:N0} classified texts"),
            "ppo" => N(preview.Examples, "{0:N0} prompt", "{0:N0} prompts"),
            _ => N(preview.Examples, "{0:N0} comparison", "{0:N0} comparisons"),
        };
        return preview.Kind == "ppo" ? learned : T("{0} from {1}, {2:N0} to measure on", learned, N(preview.Prompts, "{0:N0} prompt", "{0:N0} prompts"), preview.Validation);
    }
}
