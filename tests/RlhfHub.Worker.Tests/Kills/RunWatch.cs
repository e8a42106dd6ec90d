using RlhfHub.Training.Runs;

namespace RlhfHub.Worker.Tests.Kills;

/// <summary>Tells from outside, by events and temporary folders, what the worker of a run is doing.</summary>
internal sealed class RunWatch
{
    private const string SavingPrefix = ".saving-";
    private const string UnfinishedOutput = ".writing-output";

    private readonly RunFolder folder;
    private readonly EventTail tail;
    private readonly HashSet<string> foldersBefore;
    private readonly bool wasWritingOutput;
    private readonly long seqBefore;
    private readonly bool hasSamples;
    private readonly int saveSteps, evalSteps, showSteps, lastStep;
    private RunEvent? last;
    private string[] folders = [];
    private bool isWritingOutput;

    /// <summary>Begins to watch; what is there already is of an earlier worker.</summary>
    public RunWatch(string run)
    {
        folder = RunFolder.Open(run);
        tail = new EventTail(folder);
        var spec = RunSpec.Read(folder);
        var options = spec.Options;
        hasSamples = spec.Kind != "reward";
        lastStep = (int)options["max_steps"]!;
        saveSteps = (int)options["save_steps"]!;
        evalSteps = (int?)options["eval_steps"] ?? int.MaxValue;
        showSteps = options["num_sample_generations"] is { } count ? lastStep / (int)count : int.MaxValue;
        Look();
        (foldersBefore, wasWritingOutput, seqBefore) = ([.. folders], isWritingOutput, last?.Seq ?? 0);
    }

    /// <summary>The last step of which there are metrics.</summary>
    public long Step { get; private set; }

    private bool HasNewEvents => last?.Seq > seqBefore;

    private bool IsSampling => hasSamples && last switch
    {
        SampleEvent sample => sample.When != SampleTime.After,
        StateEvent state => state.State == RunState.Running,
        MetricEvent => Step % showSteps == 0,
        CheckpointEvent => Step == lastStep,
        _ => false,
    };

    private bool IsValidating => last is MetricEvent metric && metric.Step > 0 && metric.Step % evalSteps == 0 && !metric.Metrics.ContainsKey("eval_loss");

    private bool IsAtNextStep => last is MetricEvent && Step % saveSteps != 0 && Step % showSteps != 0;

    /// <summary>Reads what is new.</summary>
    public void Look()
    {
        foreach (var item in tail.ReadNew(100_000))
        {
            last = item;
            if (item is MetricEvent metric) Step = metric.Step;
        }
        folders = Directory.Exists(folder.CheckpointsFolder) ? [.. Directory.GetDirectories(folder.CheckpointsFolder, ".*").Select(path => Path.GetFileName(path)!)] : [];
        isWritingOutput = Directory.Exists(Path.Combine(folder.Path, UnfinishedOutput));
    }

    /// <summary>The name of the present chance to kill the worker at something, another one each time; null when it does something else.</summary>
    public string? ChanceFor(KillAim aim) => aim switch
    {
        KillAim.Save => folders.Except(foldersBefore).FirstOrDefault(name => name.StartsWith(SavingPrefix, StringComparison.Ordinal)),
        KillAim.Output => isWritingOutput && !wasWritingOutput ? UnfinishedOutput : null,
        KillAim.Validation => HasNewEvents && IsValidating ? $"{last!.Seq}" : null,
        KillAim.Samples => HasNewEvents && IsSampling ? $"{last!.Seq}" : null,
        KillAim.Rollout => HasNewEvents && IsAtNextStep ? $"{last!.Seq}" : null,
        _ => null,
    };

    /// <summary>What a worker that is gone was doing.</summary>
    /// <param name="aim">Tells a rollout from the rest of its step, which leave the same behind: a kill that was aimed at it fell into the step's first milliseconds.</param>
    public string Phase(KillAim aim)
    {
        var left = folders.Except(foldersBefore).ToArray();
        return left.Any(name => name.StartsWith(SavingPrefix, StringComparison.Ordinal)) ? "save"
            : left.Length > 0 ? "pruning"
            : !HasNewEvents ? "start"
            : (isWritingOutput && !wasWritingOutput) || last is SampleEvent { When: SampleTime.After } ? "output"
            : last is StateEvent { State: RunState.Preparing } ? "loading"
            : IsSampling ? "samples"
            : IsValidating ? "validation"
            : aim == KillAim.Rollout && IsAtNextStep ? "rollout"
            : "step";
    }
}
