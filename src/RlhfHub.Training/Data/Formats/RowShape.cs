namespace RlhfHub.Training.Data.Formats;

/// <summary>Says in words what fields a row has, so that a file which mixes formats can be told.</summary>
internal static class RowShape
{
    public static string Of(bool isConversation, params ReadOnlySpan<string> fields)
    {
        var names = string.Join(", ", fields[..^1].ToArray().Select(name => $"'{name}'"));
        return $"{(isConversation ? "a conversation" : "text")} with {(names.Length > 0 ? names + " and " : "")}'{fields[^1]}'";
    }
}
