using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>Runs or resumes a run folder.</summary>
public static class TrainingRun
{
    /// <summary>Does what run.json says, from the newest whole checkpoint on.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told each step and their number; null for nobody.</param>
    /// <returns>Whether it came to its end; false when the hub stopped it.</returns>
    /// <exception cref="InvalidInputException">The folder, its options or its data are not right, or another worker is at it.</exception>
    /// <exception cref="ModelFileException">The base model is not right.</exception>
    /// <exception cref="TrainingDivergedException">Training went wrong in a way that more steps only make worse.</exception>
    /// <exception cref="TrainingPausedException">Training went wrong; starting it again goes on from before that.</exception>
    public static bool Execute(string path, TimeProvider time, Action<long, long>? progress = null)
    {
        var folder = RunFolder.Open(path);
        var spec = RunControl.Read(folder).Amend(RunSpec.Read(folder));
        var kind = TrainerKinds.Find(spec.Kind)
            ?? throw new InvalidInputException($"{folder.SpecFile}: 'kind' is '{spec.Kind}'; this worker trains {string.Join(", ", TrainerKinds.All.Select(kind => kind.Name))}.");
        // Everything that can be wrong without loading anything is found out first.
        kind.Check(spec, folder);
        spec.VerifyData(folder);
        spec.VerifyModels(folder);
        using var session = new RunSession(folder, spec, time, progress);
        session.Log.Append(new StateEvent(RunState.Preparing));
        try
        {
            var isComplete = kind.Run(session);
            if (isComplete) session.Log.Append(new StateEvent(RunState.Completed));
            return isComplete;
        }
        catch (TrainingPausedException trouble)
        {
            session.Log.Append(new ErrorEvent(trouble.Message));
            session.Log.Append(StateEvent.PausedByTrouble(trouble.Message, trouble.FromStep));
            throw;
        }
        catch (Exception error)
        {
            Tell(session.Log, error);
            throw;
        }
    }

    /// <summary>The hub reads this; whoever started the worker sees the exception itself.</summary>
    private static void Tell(EventLog log, Exception error)
    {
        try
        {
            log.Append(new ErrorEvent(error.Message, error is InvalidInputException or ModelFileException or TrainingDivergedException ? null : error.ToString()));
            log.Append(StateEvent.Failed(error.Message));
        }
        catch (IOException)
        {
            // The disk that ended the run takes no last words either, and what ended it matters more.
        }
    }
}
