namespace RlhfHub.Training.Generation;

/// <summary>Passes a stream of text through up to the first stop text, holding back an end that may be the beginning of one.</summary>
internal sealed class StopTextFilter(IReadOnlyList<string> stops)
{
    private string held = "";

    /// <summary>True once a stop text was met; nothing passes any more.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes the next piece; gives what certainly stands before any stop text.</summary>
    public string Push(string piece)
    {
        if (stops.Count == 0 || piece.Length == 0) return piece;
        if (IsStopped) return "";
        var text = held + piece;
        var first = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (first >= 0)
        {
            IsStopped = true;
            held = "";
            return text[..first];
        }
        var keep = stops.Max(stop => LongestBeginningAtEnd(text, stop));
        held = text[^keep..];
        return text[..^keep];
    }

    /// <summary>What was held back, when no more text comes.</summary>
    public string Flush()
    {
        var rest = held;
        held = "";
        return rest;
    }

    private static int LongestBeginningAtEnd(string text, string stop)
    {
        for (var length = Math.Min(stop.Length - 1, text.Length); length > 0; length--)
            if (text.EndsWith(stop[..length], StringComparison.Ordinal)) return length;
        return 0;
    }
}
