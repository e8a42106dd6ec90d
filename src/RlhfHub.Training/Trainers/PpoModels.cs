using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>
/// The four models of PPO on as few weights as can be. Where the policy is an adapter, its frozen base is in memory once: the reference is the base with the adapter
/// off, or with the adapter that training started from, and reward models that are adapters take its place while they score. Where all weights train, the reference is
/// a frozen copy of the start and reward models have weights of their own. Values come from a head on the policy's hidden states.
/// </summary>
internal sealed class PpoModels : IDisposable
{
    private readonly CausalModel? copy;
    private readonly Adapter? startAdapter;
    private readonly RewardModel reward;
    private readonly RewardModel? heldOut;

    /// <exception cref="InvalidInputException">The reward model does not fit the policy.</exception>
    /// <exception cref="ModelFileException">A model's files are not right.</exception>
    public PpoModels(RunSession session, RunInputs parts, PpoOptions options)
    {
        var (device, dtype, seed) = (session.Device, parts.DType, session.Spec.Seed);
        var start = session.Spec.Adapter is { } given ? session.Folder.Resolve(given) : null;
        Policy = TrainableModel.Wrap(ModelFolder.LoadCausal(parts.Folder, device, dtype), parts.Folder, start, options, seed);
        if (Policy.Adapter is null) copy = ModelFolder.LoadCausal(parts.Folder, device, dtype);
        else if (start is not null) startAdapter = Policy.Adapter.LoadBeside(Policy.Model, start);
        reward = RewardModel.Load(session.Folder.Resolve(options.RewardModelPath!), session, parts, Policy.Adapter);
        if (options.HeldOutRewardModelPath is { } path) heldOut = RewardModel.Load(session.Folder.Resolve(path), session, parts, Policy.Adapter);
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
        return copy is null ? Policy.Adapter!.StandAside(startAdapter, () => Of(Model)) : Of(copy);

        Tensor Of(CausalModel model) => Tokens(model, rollout, rows, temperature).Statistics.LogProbabilities;
    }

    /// <summary>What the policy says of each sampled token, and the values before each; (batch, T) each.</summary>
    public (TokenStatistics Statistics, Tensor Values) Evaluate(Rollout rollout, Tensor rows, double temperature)
    {
        var (hidden, statistics) = Tokens(Model, rollout, rows, temperature);
        return (statistics, ValueHead.forward(hidden));
    }

    /// <summary>The reward model's score of each text.</summary>
    public float[] Score(IReadOnlyList<IReadOnlyList<int>> texts, int batchSize) => reward.Score(texts, batchSize);

    /// <summary>What a reward model says that nothing is learned from; null without one.</summary>
    public float[]? HeldOutScore(IReadOnlyList<IReadOnlyList<int>> texts, int batchSize) => heldOut?.Score(texts, batchSize);

    public void Dispose()
    {
        heldOut?.Dispose();
        reward.Dispose();
        startAdapter?.Dispose();
        copy?.Dispose();
        ValueHead.Dispose();
        Policy.Dispose();
    }

    private static (Tensor Hidden, TokenStatistics Statistics) Tokens(CausalModel model, Rollout rollout, Tensor rows, double temperature)
    {
        var states = model.Decoder.forward(rollout.Ids.index_select(0, rows));                                          // (rows, width, hidden)
        var places = rollout.Places.index_select(0, rows).unsqueeze(-1).expand(-1, -1, states.size(2));
        var hidden = states.gather(1, places);                                                                          // (rows, T, hidden)
        var targets = rollout.Responses.index_select(0, rows);
        return (hidden, TokenLogProbabilities.FromHiddenWhere(hidden, model.HeadWeight, targets, rollout.Masks.IsToken.index_select(0, rows), temperature));
    }
}
