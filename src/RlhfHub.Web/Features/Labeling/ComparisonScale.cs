using RlhfHub.Domain.Projects;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>One point of a scale, and the key that says it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Label">What it says.</param>
/// <param name="Value">Negative for the first reply, positive for the second, 0 for a tie; on a Likert scale the points.</param>
public sealed record ScalePoint(string Key, string Label, int Value);

/// <summary>The points between "A much better" and "B much better", by the keys 1, 2, 3, ...</summary>
public static class ComparisonScale
{
    /// <summary>The points that a project allows.</summary>
    public static IReadOnlyList<ScalePoint> Of(ComparisonSettings settings) =>
        [.. Enumerable.Range(-settings.Strengths, (2 * settings.Strengths) + 1)
            .Where(value => value != 0 || settings.AllowsTie)
            .Select((value, index) => new ScalePoint($"{index + 1}", Label(value, settings.Strengths), value))];

    private static string Label(int value, int strengths) => (Math.Abs(value), strengths) switch
    {
        (0, _) => T("Tie"),
        (3, _) or (2, 2) => T("{0} much better", Letter(value)),
        (1, 3) => T("{0} slightly better", Letter(value)),
        _ => T("{0} better", Letter(value)),
    };

    private static string Letter(int value) => value < 0 ? "A" : "B";
}
