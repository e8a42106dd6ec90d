using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>Writes what a finished run leaves in its output folder.</summary>
internal static class RunOutput
{
    private const string MetricsFile = "metrics.json";

    /// <summary>The figures that a finished run left; null where it is not finished.</summary>
    /// <param name="folder">Its output folder.</param>
    public static IReadOnlyDictionary<string, double>? FindMetrics(string folder)
    {
        var file = Path.Combine(folder, MetricsFile);
        return File.Exists(file) ? RunJson.Parse<Dictionary<string, double>>(File.ReadAllBytes(file), file) : null;
    }

    /// <summary>The model or adapter, <c>metrics.json</c> and the model card, all or nothing, in place of whatever is there.</summary>
    /// <param name="session">The run.</param>
    /// <param name="options">Its options as they were taken, defaults included.</param>
    /// <param name="metrics">The last metrics, by name.</param>
    /// <param name="trained">What was trained; null for a run that only measures.</param>
    /// <exception cref="IOException">The disk is full or failed; what was there before is untouched.</exception>
    public static void Write(RunSession session, object options, IReadOnlyDictionary<string, double> metrics, TrainableModel? trained = null)
    {
        var (folder, final) = (session.Folder.UnfinishedOutputFolder, session.Folder.OutputFolder);
        DeleteIfThere(folder);   // a run that was killed while it wrote leaves a part
        try
        {
            Directory.CreateDirectory(folder);
            Fill(folder, session, options, metrics, trained);
            DiskFlush.OfAllIn(folder);
            DeleteIfThere(final);
            Directory.Move(folder, final);
            DiskFlush.OfFolder(session.Folder.Path);
        }
        finally
        {
            DeleteIfThere(folder);
        }
    }

    private static void Fill(string folder, RunSession session, object options, IReadOnlyDictionary<string, double> metrics, TrainableModel? trained)
    {
        trained?.Save(folder);
        var result = trained switch
        {
            null => RunResult.Figures,
            { Adapter: not null } => RunResult.Adapter,
            _ => RunResult.Model,
        };
        ModelCard.Write(folder, session.Spec, RunOptions.ToJson(options), metrics, result, trained?.Model);
        RunJson.Write(Path.Combine(folder, MetricsFile), metrics);
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
