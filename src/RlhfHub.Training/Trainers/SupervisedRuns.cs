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
        // As TRL's reward trainer does: a reply that lost its end is not the one that people judged.
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength, TruncationMode = TruncationMode.Drop };
        if (inputs.FirstLineHas("responses"))
        {
            var rankings = inputs.Rankings(tokens);
            if (options.RankingLossType == RankingLossKind.PlackettLuce) RefuseManyTies([.. rankings.Train, .. rankings.Validation]);
            var model = RewardModel(rankings.Train.Average(ranking => ranking.Sequences[0].Ids.Length));
            return Train(session, inputs, options, model, new RankingObjective(model, inputs.PadId, options) { Train = rankings.Train, Validation = rankings.Validation });
        }
        else
        {
            var pairs = inputs.Pairs(tokens);
            var model = RewardModel(pairs.Train.Average(pair => pair.Chosen.Ids.Length));
            return Train(session, inputs, options, model, new RewardObjective(model, inputs.PadId, options) { Train = pairs.Train, Validation = pairs.Validation });
        }

        SequenceClassifier RewardModel(double averageLength)
        {
            session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(averageLength));
            return ModelFolder.StartClassifier(inputs.Folder, ["reward"], inputs.PadId, session.Spec.Seed, session.Device, inputs.DType);
        }
    }

    public static bool Classify(RunSession session, ClassifyOptions options)
    {
        var inputs = new RunInputs(session);
        if (inputs.Config is { IsClassifier: true } given && !given.Labels.SequenceEqual(options.Labels))
            throw new InvalidInputException($"{given.File} has the labels {string.Join(", ", given.Labels)}; the options have {string.Join(", ", options.Labels)}. Expected the same, in the same order, or a language model to start from.");
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength };
        var (train, validation) = inputs.Classes(tokens, options.Labels);
        session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(example => example.Sequence.Ids.Length)));
        var model = ModelFolder.StartClassifier(inputs.Folder, options.Labels, inputs.PadId, session.Spec.Seed, session.Device, inputs.DType);
        var objective = new ClassifyObjective(model, inputs.PadId, options.MetricForBestModel) { Train = train, Validation = validation };
        return Train(session, inputs, options, model, objective);
    }

    public static bool Dpo(RunSession session, DpoOptions options)
    {
        var inputs = new RunInputs(session);
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength };
        var (train, validation) = inputs.Pairs(tokens);
        session.Prepare(inputs.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(pair => pair.Chosen.Ids.Length)));
        var model = ModelFolder.LoadCausal(inputs.Folder, session.Device, inputs.DType);
        var objective = new DpoObjective(model, inputs.PadId, options) { Train = train, Validation = validation };
        return Train(session, inputs, options, model, objective);
    }

    private static bool Imitate(RunSession session, SftOptions options, bool mayBeNew)
    {
        var inputs = new RunInputs(session);
        var tokens = new TokenizationOptions { MaxLength = options.MaxLength, CompletionOnlyLoss = options.CompletionOnlyLoss, AssistantOnlyLoss = options.AssistantOnlyLoss };
        var examples = inputs.Sequences(tokens, refusesLeaks: !mayBeNew);
        var (train, validation) = (SftObjective.Rows(examples.Train, options), SftObjective.Rows(examples.Validation, options));
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
    private static void RefuseManyTies(IReadOnlyList<TokenRanking> rankings)
    {
        if (rankings.FirstOrDefault(ranking => ranking.Ranks.CountBy(rank => rank).Any(tied => tied.Value > RankingLoss.MaxTied)) is { } wrong)
            throw new InvalidInputException($"{wrong.Sequences[0].Place}: more than {RankingLoss.MaxTied} replies are tied; expected fewer, or 'ranking_loss_type' all_pairs.");
    }

    private static int Rows(double averageLength) => Math.Max(1, (int)averageLength);
}
