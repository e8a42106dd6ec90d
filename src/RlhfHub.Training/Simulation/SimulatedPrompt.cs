using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Simulation;

/// <summary>A conversation that ends with the user's turn, and what a good reply to it must say.</summary>
/// <param name="Messages">The turns; the last is the user's.</param>
/// <param name="Key">What is asked and what is right.</param>
/// <param name="IsHeldOut">Whether its wording is kept from training.</param>
public sealed record SimulatedPrompt(IReadOnlyList<ChatMessage> Messages, AnswerKey Key, bool IsHeldOut)
{
    /// <summary>All turns as one text: what identifies the question.</summary>
    public string Text => string.Join('\n', Messages.Select(message => message.Content));
}
