using System.Text.Json.Nodes;

namespace RlhfHub.Domain.Rounds;

/// <summary>What can be trained, and with which options. The platform does not know the engine; it asks.</summary>
public interface ITrainerCatalogue
{
    /// <summary>The kinds of run that a round may have.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>What is wrong with options, in a sentence each; null when nothing is.</summary>
    /// <param name="kind">What is trained: one of <see cref="Kinds"/>.</param>
    /// <param name="options">The options under TRL's names.</param>
    string? FindFault(string kind, JsonObject options);
}
