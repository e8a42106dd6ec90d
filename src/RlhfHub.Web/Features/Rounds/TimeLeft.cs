using RlhfHub.Domain.Rounds;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>How long runs take.</summary>
internal static class TimeLeft
{
    /// <summary>What a run still needs if it goes on as it went; null while nothing can be said.</summary>
    public static TimeSpan? Of(RunSummary run, DateTime now) =>
        run is { State: RunState.Running, Step: > 0, Steps: { } steps, StartedAt: { } started } && now > started ? (now - started) / run.Step * Math.Max(0, steps - run.Step) : null;

    /// <summary>A length of time in words that are as exact as they need to be.</summary>
    public static string Words(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => N((int)time.TotalSeconds, "{0:N0} second", "{0:N0} seconds"),
        < 3600 => N((int)Math.Round(time.TotalMinutes), "{0:N0} minute", "{0:N0} minutes"),
        < 86_400 => T("{0:N1} hours", time.TotalHours),
        _ => T("{0:N1} days", time.TotalDays),
    };
}
