using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain.Labeling;

/// <summary>A chat as its rater sees it. It says nothing of who writes.</summary>
/// <param name="Turns">The turns, oldest first.</param>
/// <param name="MaxTurns">How many there may be.</param>
public sealed record ChatView(IReadOnlyList<ShownTurn> Turns, int MaxTurns)
{
    /// <summary>The turn that waits for its replies or for a choice; null when the rater is to speak.</summary>
    public ShownTurn? Open => Turns is [.., { Chosen: null } last] ? last : null;
}

/// <summary>A turn of a chat as its rater sees it.</summary>
/// <param name="Text">What the rater said.</param>
/// <param name="Replies">The replies in the order in which they are shown; empty while there are none.</param>
/// <param name="Chosen">The position of the one that goes on; null while none is chosen.</param>
/// <param name="Strength">How much better it was; 0 for a tie.</param>
/// <param name="IsOpening">Whether the text is the last message of the task's own conversation.</param>
public sealed record ShownTurn(string Text, IReadOnlyList<string> Replies, int? Chosen, int Strength, bool IsOpening);

/// <summary>What a rater says in a chat.</summary>
public sealed record ChatSaying
{
    /// <summary>The text. A turn that waits for its replies is asked again with it; where the task's conversation ends with a question, the first turn is that question.</summary>
    [Required(AllowEmptyStrings = true)]
    public string Text { get; init; } = "";
}

/// <summary>Which of two replies goes on.</summary>
public sealed record ChatChoice
{
    /// <summary>The turn, 0 for the first.</summary>
    [Range(0, 100)]
    public required int Turn { get; init; }

    /// <summary>The position of the better reply, 0 or 1; null for a tie, after which the first shown goes on.</summary>
    [Range(0, 1)]
    public int? Better { get; init; }

    /// <summary>How much better; 0 for a tie.</summary>
    [Range(0, 3)]
    public int Strength { get; init; }
}

/// <summary>Where replies are shown while they are written.</summary>
public sealed class ChatScreen
{
    /// <summary>Called with what may be seen of the replies, in the order in which they are shown.</summary>
    public Func<IReadOnlyList<string>, Task>? Show { get; init; }
}
