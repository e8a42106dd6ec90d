using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;

namespace RlhfHub.Training.Trainers;

/// <summary>A model that scores texts: a whole one, or an adapter that is one over the run's base. Where the policy is an adapter too, both sit on one base.</summary>
internal sealed class RewardModel : IDisposable
{
    private readonly SequenceClassifier model;
    private readonly Adapter? adapter;
    private readonly Adapter? policy;

    private RewardModel(SequenceClassifier model, Adapter? adapter, Adapter? policy) => (this.model, this.adapter, this.policy) = (model, adapter, policy);

    /// <summary>Loads a reward model, or an adapter that is one over the run's base.</summary>
    /// <param name="folder">The model or adapter.</param>
    /// <param name="session">The run.</param>
    /// <param name="parts">Its base.</param>
    /// <param name="policy">An adapter on the run's base that is in memory already, and outlives this: the base is not loaded again. Null where there is none.</param>
    /// <exception cref="InvalidInputException">It does not fit the run's model.</exception>
    /// <exception cref="ModelFileException">Its files are not right.</exception>
    public static RewardModel Load(string folder, RunSession session, RunInputs parts, Adapter? policy = null)
    {
        var isAdapter = File.Exists(Path.Combine(folder, AdapterFiles.ConfigFile));
        if (isAdapter && policy is { Model: CausalModel shared })
        {
            var head = ModelFolder.StartClassifier(shared, ["reward"], parts.PadId, session.Spec.Seed);
            head.eval();
            return new(head, policy.LoadBeside(head, folder), policy);
        }
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
        return new(model, adapter, null);
    }

    /// <summary>The score of each text.</summary>
    public float[] Score(IReadOnlyList<IReadOnlyList<int>> texts, int batchSize)
    {
        return policy is null ? Scores() : policy.StandAside(adapter, Scores);

        float[] Scores() => [.. SequenceScorer.Scores(model, texts, batchSize).Select(scores => scores[0])];
    }

    public void Dispose()
    {
        adapter?.Dispose();
        model.Dispose();
    }

    /// <summary>Whether the same id means the same text in two model folders.</summary>
    internal static bool HasSameTokenizer(string one, string other)
    {
        var (first, second) = (Path.Combine(one, "tokenizer.json"), Path.Combine(other, "tokenizer.json"));
        return !File.Exists(first) || !File.Exists(second) || File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second));
    }
}
