using System.Text.Json.Nodes;

namespace RlhfHub.Training.Runs;

/// <summary>The contents of a checkpoint's state.json: everything besides weights and optimizer that a resumed run needs to go on as if it had never stopped.</summary>
public sealed record TrainingState
{
    private const string FileName = "state.json";

    /// <summary>Optimizer steps made.</summary>
    public required long Step { get; init; }

    /// <summary>Passes over the data, with fraction, as TRL logs it.</summary>
    public required double Epoch { get; init; }

    /// <summary>Where the next batch begins.</summary>
    public required DataPosition Data { get; init; }

    /// <summary>Tokens trained on so far, TRL's <c>num_tokens</c>.</summary>
    public long TokensSeen { get; init; }

    /// <summary>Where the learning-rate schedule stands: steps made on it.</summary>
    public long ScheduleStep { get; init; }

    /// <summary>The best validation so far; null before the first.</summary>
    public BestResult? Best { get; init; }

    /// <summary>States of random generators by name, such as <c>torch.cpu</c>, <c>torch.cuda:0</c> or <c>sampler</c>; base64 in the file.</summary>
    public IReadOnlyDictionary<string, byte[]> RandomStates { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Numbers of one trainer, such as PPO's <c>kl_coef</c> and <c>episode</c>; kept to the last bit.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>Whatever else a trainer keeps.</summary>
    public JsonObject Extra { get; init; } = [];

    /// <summary>Writes state.json into a checkpoint that is being saved.</summary>
    public void Write(string checkpointFolder) => File.WriteAllBytes(Path.Combine(checkpointFolder, FileName), RunJson.ToBytes(this));

    /// <summary>Reads state.json out of a checkpoint.</summary>
    /// <exception cref="RunFolderException">It is missing or not what a worker writes.</exception>
    public static TrainingState Read(string checkpointFolder)
    {
        var file = Path.Combine(checkpointFolder, FileName);
        return File.Exists(file) ? RunJson.Parse<TrainingState>(File.ReadAllBytes(file), file) : throw new RunFolderException($"{file} is missing.");
    }
}

/// <summary>Where the next batch begins.</summary>
/// <param name="Epoch">The pass over the data, from 0.</param>
/// <param name="Index">How many examples of this pass were used.</param>
/// <param name="ShuffleSeed">The order of this pass follows from it.</param>
public sealed record DataPosition(int Epoch, long Index, long ShuffleSeed);

/// <summary>The best validation so far.</summary>
/// <param name="Step">After which step.</param>
/// <param name="Metric">Which measurement, by TRL's name.</param>
/// <param name="Value">Its value.</param>
public sealed record BestResult(long Step, string Metric, double Value);
