using RlhfHub.Training.Devices;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>One worker at work in one run folder: its lock, its log, its checkpoints, and what the hub wants of it.</summary>
internal sealed class RunSession : IDisposable
{
    private readonly RunLock held;
    private readonly CheckpointStore checkpoints;
    private readonly Checkpoint? newest;
    private readonly RunControlReader control;
    private readonly Action<long, long>? progress;
    private MachineFacts? machine;
    private bool isPaused;

    /// <exception cref="InvalidInputException">The folder is no run, its data are not what was frozen, or another worker holds it.</exception>
    public RunSession(RunFolder folder, RunSpec spec, TimeProvider time, Action<long, long>? progress = null)
    {
        (Folder, Spec, this.progress) = (folder, spec, progress);
        held = RunLock.Acquire(folder, time);
        Log = EventLog.Open(held, time);
        checkpoints = CheckpointStore.Open(held);
        var search = checkpoints.FindNewestWhole();
        newest = search.Newest;
        foreach (var (checkpoint, damage) in search.PassedOver)
            Log.Append(new LogEvent($"Checkpoint {checkpoint.Step} is passed over: {damage}", RunLogLevel.Warning));
        control = new RunControlReader(folder, time, newest?.ReadManifest().ServedRequest);
    }

    public RunFolder Folder { get; }

    public RunSpec Spec { get; }

    public EventLog Log { get; }

    public Device Device { get; private set; } = CPU;

    /// <summary>Whether the last look at the control found a request for a checkpoint that is still to be made.</summary>
    public bool IsCheckpointWanted { get; private set; }

    /// <summary>Chooses device and threads; a resumed run takes the threads that it began with.</summary>
    public void Prepare(DecoderOptions decoder, int rows)
    {
        Device = DeviceChoice.Resolve(Spec.Device);
        var before = newest?.ReadManifest().Machine;
        var threads = ThreadChoice.Apply(decoder, rows, before?.Threads);
        machine = new MachineFacts { Type = MachineFacts.ProcessorType, Device = Device.ToString(), Threads = threads, DType = Spec.DType, MicroBatch = rows };
    }

    /// <summary>Writes down how it computes, and says so where that differs from before.</summary>
    public void Describe(int microBatch, string? dtype = null)
    {
        machine = machine! with { MicroBatch = microBatch, DType = dtype ?? machine.DType };
        held.Describe(machine);
        if (newest is not null && machine.DifferencesFrom(newest.ReadManifest().Machine) is { Count: > 0 } differences)
            Log.Append(new LogEvent($"The last digits may differ from an uninterrupted run: {string.Join(", ", differences)}.", RunLogLevel.Warning));
    }

    /// <summary>The newest whole checkpoint; null for a run that begins.</summary>
    public Checkpoint? FindCheckpoint() => newest;

    /// <summary>Looks at what the hub wants; waits while that is a pause.</summary>
    /// <param name="save">Makes a checkpoint, before a stop.</param>
    /// <returns>False when the run is to stop; it was saved then.</returns>
    public bool MayGoOn(Action save)
    {
        while (true)
        {
            var wish = control.Poll();
            if (wish.CheckpointRequest is not null) IsCheckpointWanted = true;
            if (wish.Want == RunWant.Stop)
            {
                save();
                Log.Append(new StateEvent(RunState.Stopped));
                return false;
            }
            if (wish.Want == RunWant.Run)
            {
                if (isPaused) Log.Append(new StateEvent(RunState.Running));
                isPaused = false;
                return true;
            }
            if (!isPaused)
            {
                save();
                Log.Append(new StateEvent(RunState.Paused));
                isPaused = true;
            }
            else if (IsCheckpointWanted) save();
            Thread.Sleep(200);   // the engine has one thread, and nothing else to do until the hub wants more
        }
    }

    public void Progress(long step, long total) => progress?.Invoke(step, total);

    public void SaveCheckpoint(long step, Action<string> write)
    {
        var checkpoint = checkpoints.Save(step, machine!, write, control.ServedRequest);
        Log.Append(new CheckpointEvent(step, Folder.Relative(checkpoint.Path), IsCheckpointWanted ? control.ServedRequest : null));
        IsCheckpointWanted = false;
    }

    public void Prune(int keepLast, long? best) =>
        checkpoints.Prune(new PrunePolicy { KeepLast = keepLast }, best is { } step ? new HashSet<long> { step } : null);

    /// <summary>The step of the newest checkpoint that was made no later than a step; null for none.</summary>
    public long? NewestCheckpointUpTo(long step) => Checkpoint.List(Folder).LastOrDefault(checkpoint => checkpoint.Step <= step)?.Step;

    /// <summary>Sets the checkpoints after a step aside, so that the run goes on from before them.</summary>
    /// <returns>The step of the newest whole checkpoint that is left; 0 for none.</returns>
    public long ReturnTo(long soundStep)
    {
        checkpoints.SetAsideAfter(soundStep);
        return checkpoints.FindNewestWhole().Newest?.Step ?? 0;
    }

    public void Dispose()
    {
        Log.Dispose();
        held.Dispose();
    }
}
