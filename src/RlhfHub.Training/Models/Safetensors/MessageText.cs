namespace RlhfHub.Training.Models.Safetensors;

/// <summary>How names and shapes out of a file appear in messages: short and on one line, whatever the file holds.</summary>
internal static class MessageText
{
    private const int MaxNameLength = 120;
    private const int MaxDimensions = 10;

    /// <summary>The text in single quotes, without control characters, cut to a readable length.</summary>
    public static string Quote(string text)
    {
        var head = text.Length <= MaxNameLength ? text : text[..MaxNameLength] + "…";
        return "'" + string.Concat(head.Select(character => char.IsControl(character) ? '?' : character)) + "'";
    }

    /// <summary>A shape as <c>[2, 3]</c>.</summary>
    public static string Shape(IReadOnlyList<long> shape) =>
        "[" + string.Join(", ", shape.Take(MaxDimensions)) + (shape.Count > MaxDimensions ? $", … {shape.Count} dimensions" : "") + "]";
}
