using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RlhfHub.Domain;

/// <summary>What the platform measures of itself. Costs next to nothing while nobody listens.</summary>
public static class HubTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "RlhfHub";

    /// <summary>Where the platform's own activities come from.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> SignIns = Meter.CreateCounter<long>("rlhfhub.sign_ins", description: "Tries to sign in, by way and whether they were right.");
    private static readonly Histogram<double> Writes = Meter.CreateHistogram<double>("rlhfhub.write_transaction.duration", "s", "How long write transactions took, waiting in line included.");

    internal static void CountSignIn(string way, bool isRight) => SignIns.Add(1, new KeyValuePair<string, object?>("way", way), new KeyValuePair<string, object?>("right", isRight));

    internal static void RecordWrite(TimeSpan duration, bool isCommitted) => Writes.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("committed", isCommitted));
}
