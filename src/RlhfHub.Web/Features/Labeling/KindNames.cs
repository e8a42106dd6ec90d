using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>What the kinds of task are called on pages.</summary>
internal static class KindNames
{
    /// <summary>The kinds that pages can ask.</summary>
    public static IReadOnlyList<TaskKind> All { get; } = [TaskKind.Comparison, TaskKind.Demonstration, TaskKind.Rating, TaskKind.Classification, TaskKind.Ranking, TaskKind.Chat];

    /// <summary>What somebody does with it, as in a choice of tasks.</summary>
    public static string Deed(TaskKind kind) => kind switch
    {
        TaskKind.Comparison => T("Compare two replies"),
        TaskKind.Demonstration => T("Write the ideal reply"),
        TaskKind.Rating => T("Rate a reply on scales"),
        TaskKind.Classification => T("Give labels"),
        TaskKind.Ranking => T("Order several replies"),
        _ => T("Talk with the current model"),
    };

    /// <summary>What waits, as in "12 comparisons and 1 rating wait".</summary>
    public static string Waiting(IReadOnlyList<WaitingTasks> counts)
    {
        if (counts.Count == 0) return T("Nothing waits for you now");
        var parts = counts.Select(waiting => waiting.Count >= WaitingService.Most ? Many(waiting.Kind, waiting.Count) : Counted(waiting.Kind, waiting.Count)).ToList();
        var list = parts.Count == 1 ? parts[0] : T("{0} and {1}", string.Join(", ", parts[..^1]), parts[^1]);
        return N(counts is [{ Count: 1 }] ? 1 : 2, "{1} waits", "{1} wait", list);
    }

    private static string Counted(TaskKind kind, int count) => kind switch
    {
        TaskKind.Comparison => N(count, "{0:N0} comparison", "{0:N0} comparisons"),
        TaskKind.Demonstration => N(count, "{0:N0} demonstration", "{0:N0} demonstrations"),
        TaskKind.Rating => N(count, "{0:N0} rating", "{0:N0} ratings"),
        TaskKind.Classification => N(count, "{0:N0} classification", "{0:N0} classifications"),
        TaskKind.Ranking => N(count, "{0:N0} ranking", "{0:N0} rankings"),
        _ => N(count, "{0:N0} chat", "{0:N0} chats"),
    };

    private static string Many(TaskKind kind, int count) => kind switch
    {
        TaskKind.Comparison => T("{0:N0} or more comparisons", count),
        TaskKind.Demonstration => T("{0:N0} or more demonstrations", count),
        TaskKind.Rating => T("{0:N0} or more ratings", count),
        TaskKind.Classification => T("{0:N0} or more classifications", count),
        TaskKind.Ranking => T("{0:N0} or more rankings", count),
        _ => T("{0:N0} or more chats", count),
    };
}
