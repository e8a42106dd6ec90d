using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>The engine's kinds of run, for rounds.</summary>
internal sealed class TrainerCatalogue : ITrainerCatalogue
{
    // Where models lie is the round's business: a path from a form would read any folder of this machine.
    private static readonly string[] Paths = ["reward_model_path", "held_out_reward_model_path", "compare_with"];

    public IReadOnlyList<string> Kinds { get; } = ["sft", "reward", "ppo", "dpo", "classify"];

    public string? FindFault(string kind, JsonObject options)
    {
        if (Array.Find(Paths, options.ContainsKey) is { } path) return $"'{path}' is set by the round itself; choose a version instead.";
        var whole = options.DeepClone().AsObject();
        if (kind == "ppo") whole["reward_model_path"] = "reward";
        return TrainerKinds.Find(kind) is { } trainer ? trainer.FindFault(whole) : $"No round trains '{kind}'.";
    }
}
