using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>What the kinds of task are called on pages.</summary>
internal static class KindNames
{
    /// <summary>The kinds that pages can ask.</summary>
    public static IReadOnlyList<TaskKind> All { get; } = [TaskKind.Comparison, TaskKind.Demonstration, TaskKind.Rating, TaskKind.Classification, TaskKind.Ranking, TaskKind.Chat];

    /// <summary>What somebody does with it, as in a choice of tasks.</summary>
    public static string Deed(TaskKind kind) => kind switch
    {
        TaskKind.Comparison => "Compare two replies",
        TaskKind.Demonstration => "Write the ideal reply",
        TaskKind.Rating => "Rate a reply on scales",
        TaskKind.Classification => "Give labels",
        TaskKind.Ranking => "Order several replies",
        _ => "Talk with the project's model",
    };

    /// <summary>What waits, as in "12 comparisons and 1 rating wait".</summary>
    public static string Waiting(IReadOnlyList<WaitingTasks> counts)
    {
        if (counts.Count == 0) return "Nothing waits for you now";
        var parts = counts.Select(waiting => $"{waiting.Count:N0}{(waiting.Count >= WaitingService.Most ? " or more" : "")} {Noun(waiting.Kind, waiting.Count)}").ToList();
        var list = parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
        return $"{list} {(counts is [{ Count: 1 }] ? "waits" : "wait")}";
    }

    private static string Noun(TaskKind kind, int count) => kind.ToString().ToLowerInvariant() + (count == 1 ? "" : "s");
}
