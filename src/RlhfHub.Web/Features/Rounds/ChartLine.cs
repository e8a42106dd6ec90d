using System.Globalization;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>A curve as it is drawn.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Points">Its points, smoothed where that is wanted, few enough to be drawn.</param>
/// <param name="Faint">The points before they were smoothed, drawn behind; null for none.</param>
/// <param name="Last">The last value that was measured; null where there is none.</param>
/// <param name="IsDashed">Whether it is of another run.</param>
public sealed record ChartLine(string Name, IReadOnlyList<CurvePoint> Points, IReadOnlyList<CurvePoint>? Faint, double? Last, bool IsDashed)
{
    /// <summary>More points than a screen has columns show nothing more.</summary>
    public const int MostPoints = 1000;

    /// <summary>The last value as it is read: four digits tell enough.</summary>
    public string? LastWords => Last is { } last ? OptionField.Number(double.Parse(last.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : null;

    /// <summary>A curve made ready to be drawn.</summary>
    /// <param name="curves">The run's measurements.</param>
    /// <param name="name">Which of them.</param>
    /// <param name="view">How people want to see it.</param>
    /// <param name="otherRun">What the other run is called; null for the run itself.</param>
    public static ChartLine? Of(MetricCurves curves, string name, ChartView view, string? otherRun = null)
    {
        var points = curves.Of(name);
        if (points.Count == 0) return null;
        var visible = CurveMath.End(points, curves.LastStep, view.Share);
        var smoothed = CurveMath.Thin(CurveMath.End(CurveMath.Smooth(points, view.Smoothing), curves.LastStep, view.Share), MostPoints);
        // Behind a smoothed line a rough one is enough: half the points halve what is sent.
        var faint = view.Smoothing > 0 && otherRun is null ? CurveMath.Thin(visible, MostPoints / 2) : null;
        return new(otherRun is null ? name : $"{name} ({otherRun})", smoothed, faint, double.IsFinite(points[^1].Value) ? points[^1].Value : null, otherRun is not null);
    }
}

/// <summary>How somebody looks at charts.</summary>
/// <param name="Smoothing">From 0 for none to below 1.</param>
/// <param name="IsLog">Whether the scale is logarithmic.</param>
/// <param name="Share">The last share of the steps that is shown; 1 for all.</param>
public sealed record ChartView(double Smoothing = 0, bool IsLog = false, double Share = 1);
