using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain.Tests.Rounds;

/// <summary>Trainers that take any options, unless a test says otherwise.</summary>
internal sealed class FakeTrainers : ITrainerCatalogue
{
    public IReadOnlyList<string> Kinds { get; } = ["sft", "reward", "dpo", "classify", "ppo"];

    public string? Fault { get; set; }

    public string? FindFault(string kind, JsonObject options) => Fault;
}
