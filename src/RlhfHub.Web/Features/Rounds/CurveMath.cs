namespace RlhfHub.Web.Features.Rounds;

/// <summary>What a chart does with a curve before it draws it.</summary>
internal static class CurveMath
{
    /// <summary>
    /// Exponential smoothing without the bias towards 0 that it has at first, as TensorBoard does it: the mean of all values so far, each weighing <paramref name="weight"/> times its successor. Values that are no numbers
    /// stay what they are and count for nothing.
    /// </summary>
    /// <param name="points">The curve.</param>
    /// <param name="weight">From 0, which changes nothing, to below 1.</param>
    public static IReadOnlyList<CurvePoint> Smooth(IReadOnlyList<CurvePoint> points, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(weight, 1);
        if (weight == 0) return points;
        List<CurvePoint> smoothed = new(points.Count);
        var (sum, total) = (0.0, 0.0);
        foreach (var point in points)
        {
            if (!double.IsFinite(point.Value))
            {
                smoothed.Add(point);
                continue;
            }
            (sum, total) = (sum * weight + point.Value, total * weight + 1);
            smoothed.Add(point with { Value = sum / total });
        }
        return smoothed;
    }

    /// <summary>At most so many points that look like all: of each stretch the lowest and the highest, so that no peak is lost.</summary>
    /// <param name="points">The curve.</param>
    /// <param name="most">The most points, at least 4.</param>
    public static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<CurvePoint> points, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 4);
        if (points.Count <= most) return points;
        List<CurvePoint> kept = new(most) { points[0] };
        var stretches = (most - 2) / 2;
        var inner = points.Count - 2;
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            var from = 1 + (int)((long)inner * stretch / stretches);
            var to = 1 + (int)((long)inner * (stretch + 1) / stretches);
            var (low, high) = (-1, -1);
            for (var index = from; index < to; index++)
            {
                if (!double.IsFinite(points[index].Value)) continue;
                if (low < 0 || points[index].Value < points[low].Value) low = index;
                if (high < 0 || points[index].Value > points[high].Value) high = index;
            }
            if (low < 0) (low, high) = (from, from);   // a gap stays a gap
            kept.Add(points[Math.Min(low, high)]);
            if (low != high) kept.Add(points[Math.Max(low, high)]);
        }
        kept.Add(points[^1]);
        return kept;
    }

    /// <summary>The end of a curve: the last share of its steps.</summary>
    public static IReadOnlyList<CurvePoint> End(IReadOnlyList<CurvePoint> points, long lastStep, double share) =>
        share >= 1 ? points : [.. points.SkipWhile(point => point.Step < lastStep * (1 - share))];
}
