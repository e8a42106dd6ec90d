namespace RlhfHub.Domain.Prompts;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: one of the constants here, or a role that a data set brought.</param>
/// <param name="Content">What is said.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>Instructions for the model.</summary>
    public const string System = "system";

    /// <summary>The person.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";

    /// <summary>What a tool answered.</summary>
    public const string Tool = "tool";
}
