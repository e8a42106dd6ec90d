using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Trainers;

/// <summary>How each kind that learns from examples reads its data, loads its model, and says what it learns.</summary>
internal static class SupervisedRuns
{
    public static bool Pretrain(RunSession session, SftOptions options) => Imitate(session, options, mayBeNew: true);

    public static bool Sft(RunSession session, SftOptions options) => Imitate(session, options, mayBeNew: false);

    /// <summary>Pairs or rankings: the first line of the training data says which.</summary>
    public static bool Reward(RunSession session, RewardOptions options)
    {
        var inputs = new RunInputs(session);
        inputs.RefuseLeaks(RunInputs.PreferenceRows);
        // As TRL's reward trainer does: a reply that lost its end is not the one that people judged.
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength, TruncationMode = TruncationMode.Drop };
        return inputs.FirstLineHas("train", "responses")
            ? Score(inputs.Rankings("train", tokens), inputs.Rankings("validation", tokens), ranking => ranking.Sequences[0],
                (model, train, validation) => new RankingObjective(model, inputs.PadId, options) { Train = Checked(train, options), Validation = Checked(validation, options) })
            : Score(inputs.Pairs("train", tokens), inputs.Pairs("validation", tokens), pair => pair.Chosen,
                (model, train, validation) => new RewardObjective(model, inputs.PadId, options) { Train = train, Validation = validation });

        bool Score<TExample>(
            IReadOnlyList<TExample> train, IReadOnlyList<TExample> validation, Func<TExample, TokenSequence> first,
            Func<SequenceClassifier, IReadOnlyList<TExample>, IReadOnlyList<TExample>, Objective<TExample>> objective)
        {
            session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(example => first(example).Ids.Length)));
            var model = ModelFolder.StartClassifier(inputs.Folder, ["reward"], inputs.PadId, session.Spec.Seed, session.Device, inputs.DType);
            return Train(session, inputs, options, model, objective(model, train, validation));
        }
    }

    public static bool Classify(RunSession session, ClassifyOptions options)
    {
        var inputs = new RunInputs(session);
        if (inputs.Config is { IsClassifier: true } given && !given.Labels.SequenceEqual(options.Labels))
            throw new InvalidInputException($"{given.File} has the labels {string.Join(", ", given.Labels)}; the options have {string.Join(", ", options.Labels)}. Expected the same, in the same order, or a language model to start from.");
        inputs.RefuseLeaks(file => DatasetFile.Read(file, Classification.Format, new() { Labels = options.Labels }));
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength };
        var (train, validation) = (inputs.Classes("train", tokens, options.Labels), inputs.Classes("validation", tokens, options.Labels));
        session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(example => example.Sequence.Ids.Length)));
        var model = ModelFolder.StartClassifier(inputs.Folder, options.Labels, inputs.PadId, session.Spec.Seed, session.Device, inputs.DType);
        var objective = new ClassifyObjective(model, inputs.PadId, options.MetricForBestModel) { Train = train, Validation = validation };
        return Train(session, inputs, options, model, objective);
    }

    public static bool Dpo(RunSession session, DpoOptions options)
    {
        var inputs = new RunInputs(session);
        inputs.RefuseLeaks(RunInputs.PreferenceRows);
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength };
        var (train, validation) = (inputs.Pairs("train", tokens), inputs.Pairs("validation", tokens));
        session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(pair => pair.Chosen.Ids.Length)));
        var model = ModelFolder.LoadCausal(inputs.Folder, session.Device, inputs.DType);
        var objective = new DpoObjective(model, inputs.PadId, options) { Train = train, Validation = validation };
        return Train(session, inputs, options, model, objective);
    }

    private static bool Imitate(RunSession session, SftOptions options, bool mayBeNew)
    {
        var inputs = new RunInputs(session);
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength, CompletionOnlyLoss = options.CompletionOnlyLoss, AssistantOnlyLoss = options.AssistantOnlyLoss };
        var train = SftObjective.Rows(inputs.Sequences("train", tokens), options);
        var validation = SftObjective.Rows(inputs.Sequences("validation", tokens), options);
        session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(row => row.Length)));
        var isNew = mayBeNew && !Directory.EnumerateFiles(inputs.Folder, "*.safetensors").Any();
        var model = isNew
            ? ModelFolder.CreateCausal(inputs.Config, inputs.DType ?? ModelDType.Of(inputs.Config, session.Device), session.Device, session.Spec.Seed)
            : ModelFolder.LoadCausal(inputs.Folder, session.Device, inputs.DType);
        var objective = new SftObjective(model, inputs.PadId, options.Packing) { Train = train, Validation = validation };
        return Train(session, inputs, options, model, objective);
    }

    private static bool Train<TExample>(RunSession session, RunInputs inputs, TrainingOptions options, LanguageModel model, Objective<TExample> objective)
    {
        using var trainable = TrainableModel.Wrap(model, inputs.Folder, session.Spec.Adapter is { } adapter ? session.Folder.Resolve(adapter) : null, options, session.Spec.Seed);
        session.Describe(options.PerDeviceTrainBatchSize, ModelDType.NameOf(model.Decoder.DType));
        using var trainer = new SupervisedTrainer<TExample>(session, trainable, inputs.Tokenizer, inputs.EndIds, objective, options);
        if (!trainer.Run()) return false;
        RunOutput.Write(session, options, trainer.Results, trainable);
        return true;
    }

    /// <summary>Plackett-Luce sums over the orders of tied replies, which are too many beyond a dozen.</summary>
    private static IReadOnlyList<TokenRanking> Checked(IReadOnlyList<TokenRanking> rankings, RewardOptions options)
    {
        if (options.RankingLossType != RankingLossKind.PlackettLuce) return rankings;
        return rankings.FirstOrDefault(ranking => ranking.Ranks.CountBy(rank => rank).Any(tied => tied.Value > RankingLoss.MaxTied)) is { } wrong
            ? throw new InvalidInputException($"{wrong.Sequences[0].Place}: more than {RankingLoss.MaxTied} replies are tied; expected fewer, or 'ranking_loss_type' all_pairs.")
            : rankings;
    }

    private static int Rows(double averageLength) => Math.Max(1, (int)averageLength);
}
