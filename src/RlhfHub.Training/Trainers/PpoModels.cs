using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>
/// The four models of PPO on as few weights as can be. A fresh adapter's reference is its own base, with the adapter off; without one, or where training goes on
/// with an adapter that has learned something, the reference is a frozen copy of the start. Values come from a head on the policy's hidden states.
/// </summary>
internal sealed class PpoModels : IDisposable
{
    private readonly CausalModel? copy;
    private readonly Adapter? copyAdapter;
    private readonly SequenceClassifier reward;
    private readonly Adapter? rewardAdapter;
    private readonly SequenceClassifier? heldOut;
    private readonly Adapter? heldOutAdapter;

    /// <exception cref="InvalidInputException">The reward model does not fit the policy.</exception>
    /// <exception cref="ModelFileException">A model's files are not right.</exception>
    public PpoModels(RunSession session, RunInputs parts, PpoOptions options)
    {
        var (device, dtype, seed) = (session.Device, parts.DType, session.Spec.Seed);
        var startAdapter = session.Spec.Adapter is { } given ? session.Folder.Resolve(given) : null;
        (reward, rewardAdapter) = LoadReward(session.Folder.Resolve(options.RewardModelPath!), session, parts);
        if (options.HeldOutRewardModelPath is { } path) (heldOut, heldOutAdapter) = LoadReward(session.Folder.Resolve(path), session, parts);
        Policy = TrainableModel.Wrap(ModelFolder.LoadCausal(parts.Folder, device, dtype), parts.Folder, startAdapter, options, seed);
        if (Policy.Adapter is null || startAdapter is not null)
        {
            copy = ModelFolder.LoadCausal(parts.Folder, device, dtype);
            copyAdapter = startAdapter is null ? null : PeftMethods.Load(copy, startAdapter);
            copy.eval();
            copyAdapter?.eval();
        }
        ValueHead = new ValueHead(parts.Config.Decoder.HiddenSize, device, seed);
        // Dropout is off throughout: with it, a policy's ratio to itself would not be 1.
        Policy.SetTraining(false);
    }

    public TrainableModel Policy { get; }

    public CausalModel Model => (CausalModel)Policy.Model;

    public ValueHead ValueHead { get; }

    /// <summary>Log-probabilities, (batch, T), under the model that training started from.</summary>
    public Tensor ReferenceLogProbabilities(Rollout rollout, Tensor rows, double temperature)
    {
        if (copy is not null) return Tokens(copy, rollout, rows, temperature).Statistics.LogProbabilities;
        Policy.Adapter!.IsEnabled = false;
        try
        {
            return Tokens(Model, rollout, rows, temperature).Statistics.LogProbabilities;
        }
        finally
        {
            Policy.Adapter.IsEnabled = true;
        }
    }

    /// <summary>What the policy says of each sampled token, and the values before each; (batch, T) each.</summary>
    public (TokenStatistics Statistics, Tensor Values) Evaluate(Rollout rollout, Tensor rows, double temperature)
    {
        var (hidden, statistics) = Tokens(Model, rollout, rows, temperature);
        return (statistics, ValueHead.forward(hidden));
    }

    /// <summary>The reward model's score of each text.</summary>
    public float[] Score(IReadOnlyList<IReadOnlyList<int>> texts, int batchSize) => Score(reward, texts, batchSize);

    /// <summary>What a reward model says that nothing is learned from; null without one.</summary>
    public float[]? HeldOutScore(IReadOnlyList<IReadOnlyList<int>> texts, int batchSize) => heldOut is null ? null : Score(heldOut, texts, batchSize);

    public void Dispose()
    {
        Policy.Dispose();
        ValueHead.Dispose();
        copyAdapter?.Dispose();
        copy?.Dispose();
        rewardAdapter?.Dispose();
        reward.Dispose();
        heldOutAdapter?.Dispose();
        heldOut?.Dispose();
    }

    private static float[] Score(SequenceClassifier model, IReadOnlyList<IReadOnlyList<int>> texts, int batchSize) =>
        [.. SequenceScorer.Scores(model, texts, batchSize).Select(scores => scores[0])];

    private static (Tensor Hidden, TokenStatistics Statistics) Tokens(CausalModel model, Rollout rollout, Tensor rows, double temperature)
    {
        var states = model.Decoder.forward(rollout.Ids.index_select(0, rows));                                          // (rows, width, hidden)
        var places = rollout.Places.index_select(0, rows).unsqueeze(-1).expand(-1, -1, states.size(2));
        var hidden = states.gather(1, places);                                                                          // (rows, T, hidden)
        var targets = rollout.Responses.index_select(0, rows);
        return (hidden, TokenLogProbabilities.FromHiddenWhere(hidden, model.HeadWeight, targets, rollout.Masks.IsToken.index_select(0, rows), temperature));
    }

    /// <summary>Loads a reward model, or an adapter that is one over the run's base.</summary>
    /// <exception cref="InvalidInputException">It does not fit the run's model.</exception>
    internal static (SequenceClassifier Model, Adapter? Adapter) LoadReward(string folder, RunSession session, RunInputs parts)
    {
        var isAdapter = File.Exists(Path.Combine(folder, AdapterFiles.ConfigFile));
        var model = isAdapter
            ? ModelFolder.StartClassifier(parts.Folder, ["reward"], parts.PadId, session.Spec.Seed, session.Device, parts.DType)
            : ModelFolder.LoadClassifier(folder, session.Device, parts.DType);
        var (labels, vocabulary) = (model.Config.Labels.Count, model.Config.Decoder.VocabularySize);
        if (labels != 1) throw new InvalidInputException($"{model.Config.File} has {labels} labels; expected a reward model, which has one.");
        // Tokens are handed over as they are: the same id must mean the same text.
        if (vocabulary != parts.Config.Decoder.VocabularySize || !HasSameTokenizer(isAdapter ? parts.Folder : folder, parts.Folder))
            throw new InvalidInputException($"{folder}: the reward model has another tokenizer than the policy; expected one trained from the same base model.");
        var adapter = isAdapter ? PeftMethods.Load(model, folder) : null;
        model.eval();
        adapter?.eval();
        return (model, adapter);
    }

    /// <summary>Whether the same id means the same text in two model folders.</summary>
    internal static bool HasSameTokenizer(string one, string other)
    {
        var (first, second) = (Path.Combine(one, "tokenizer.json"), Path.Combine(other, "tokenizer.json"));
        return !File.Exists(first) || !File.Exists(second) || File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second));
    }
}
