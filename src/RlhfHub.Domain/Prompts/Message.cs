namespace RlhfHub.Domain.Prompts;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: one of <see cref="Roles"/>.</param>
/// <param name="Content">What is said, as it is: nothing is trimmed or normalised.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>Instructions that stand above the conversation.</summary>
    public const string System = "system";

    /// <summary>The person who asks.</summary>
    public const string User = "user";

    /// <summary>The model, or whoever answers in its place.</summary>
    public const string Assistant = "assistant";

    /// <summary>What a tool gave back.</summary>
    public const string Tool = "tool";

    /// <summary>Every role there is.</summary>
    public static IReadOnlyList<string> Roles { get; } = [System, User, Assistant, Tool];
}
