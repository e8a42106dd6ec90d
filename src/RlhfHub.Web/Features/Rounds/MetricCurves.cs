using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>A point of a curve; its value may be NaN or infinite, as training left it.</summary>
public readonly record struct CurvePoint(long Step, double Value);

/// <summary>A run's measurements, folded from its metric events: one curve a name. A step that is written again, after a worker was started anew, takes the place of the earlier one.</summary>
public sealed class MetricCurves
{
    private readonly Dictionary<string, SortedList<long, double>> curves = [];

    /// <summary>Grows with each event, so that a chart knows whether it is behind.</summary>
    public long Version { get; private set; }

    /// <summary>The names of what was measured, in the order of their letters.</summary>
    public IReadOnlyList<string> Names => [.. curves.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The last step of all.</summary>
    public long LastStep { get; private set; }

    /// <summary>Takes a metric event's content: <c>{"step":10,"metrics":{"loss":1.5,"grad_norm":"NaN"}}</c>.</summary>
    public void Add(JsonObject content)
    {
        if ((long?)content["step"] is not { } step || content["metrics"] is not JsonObject metrics) return;
        foreach (var (name, value) in metrics)
        {
            if (!curves.TryGetValue(name, out var curve)) curves[name] = curve = [];
            curve[step] = Read(value);
        }
        LastStep = Math.Max(LastStep, step);
        Version++;
    }

    /// <summary>A curve in the order of its steps; empty where nothing of that name was measured.</summary>
    public IReadOnlyList<CurvePoint> Of(string name) => curves.TryGetValue(name, out var curve) ? [.. curve.Select(point => new CurvePoint(point.Key, point.Value))] : [];

    private static double Read(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => value.GetValue<double>(),
        JsonValueKind.String => double.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture),   // NaN, Infinity, -Infinity
        _ => double.NaN,
    };
}
