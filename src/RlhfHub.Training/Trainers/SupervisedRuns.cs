using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Splits;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Trainers;

/// <summary>How each kind that learns from examples reads its data, loads its model, and says what it learns.</summary>
internal static class SupervisedRuns
{
    public static bool Pretrain(RunSession session, SftOptions options) => Imitate(session, options, mayBeNew: true);

    public static bool Sft(RunSession session, SftOptions options) => Imitate(session, options, mayBeNew: false);

    public static bool Reward(RunSession session, RewardOptions options)
    {
        var parts = new RunParts(session);
        var (train, validation) = Pairs(session, parts, options);
        session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(pair => pair.Chosen.Ids.Length)));
        var model = ModelFolder.StartClassifier(parts.Folder, ["reward"], parts.PadId, session.Spec.Seed, session.Device, parts.DType(session));
        var objective = new RewardObjective(model, parts.PadId, options) { Train = train, Validation = validation };
        return Train(session, parts, options, model, objective);
    }

    public static bool Dpo(RunSession session, DpoOptions options)
    {
        var parts = new RunParts(session);
        var (train, validation) = Pairs(session, parts, options);
        session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(pair => pair.Chosen.Ids.Length)));
        var model = ModelFolder.LoadCausal(parts.Folder, session.Device, parts.DType(session));
        var objective = new DpoObjective(model, parts.PadId, options) { Train = train, Validation = validation };
        return Train(session, parts, options, model, objective);
    }

    private static bool Imitate(RunSession session, SftOptions options, bool mayBeNew)
    {
        var parts = new RunParts(session);
        var encoder = parts.Encoder(new() { MaxLength = options.MaxLength, CompletionOnlyLoss = options.CompletionOnlyLoss, AssistantOnlyLoss = options.AssistantOnlyLoss });
        // Which of the two formats a file has, its first line says.
        IReadOnlyList<TokenSequence> Read(string role) => session.Spec.DataFiles(session.Folder, role) is not { Count: > 0 } files ? []
            : [.. files.SelectMany(file => JsonLines.Read(file).FirstOrDefault() is { } first && first.Has("completion")
                ? TokenizedDataset<TokenSequence>.Of(DatasetFile.Read(file, PromptCompletion.Format), encoder.Encode).Examples
                : TokenizedDataset<TokenSequence>.Of(DatasetFile.Read(file, LanguageModeling.Format), encoder.Encode).Examples)];
        var train = SftObjective.Rows(Needed(Read("train"), session), options);
        var validation = SftObjective.Rows(Read("validation"), options);
        session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize * Rows(train.Average(row => row.Length)));
        var isNew = mayBeNew && !Directory.EnumerateFiles(parts.Folder, "*.safetensors").Any();
        var model = isNew
            ? ModelFolder.CreateCausal(parts.Config, parts.DType(session) ?? ModelDType.Of(parts.Config, session.Device), session.Device, session.Spec.Seed)
            : ModelFolder.LoadCausal(parts.Folder, session.Device, parts.DType(session));
        var objective = new SftObjective(model, parts.PadId, options.Packing) { Train = train, Validation = validation };
        return Train(session, parts, options, model, objective);
    }

    private static bool Train<TExample>(RunSession session, RunParts parts, TrainingOptions options, LanguageModel model, Objective<TExample> objective)
    {
        using var trainable = TrainableModel.Wrap(model, parts.Folder, session.Spec.Adapter is { } adapter ? session.Folder.Resolve(adapter) : null, options, session.Spec.Seed);
        session.Describe(options.PerDeviceTrainBatchSize, ModelDType.NameOf(model.Decoder.DType));
        using var trainer = new SupervisedTrainer<TExample>(session, trainable, parts.Tokenizer, parts.EndIds, objective, options);
        if (!trainer.Run()) return false;
        // Anew: a run that was killed while it wrote leaves a part.
        if (Directory.Exists(session.Folder.OutputFolder)) Directory.Delete(session.Folder.OutputFolder, recursive: true);
        trainable.Save(session.Folder.OutputFolder);
        return true;
    }

    private static (IReadOnlyList<TokenPair> Train, IReadOnlyList<TokenPair> Validation) Pairs(RunSession session, RunParts parts, TrainingOptions options)
    {
        var encoder = parts.Encoder(new() { MaxLength = options.MaxLength });
        IReadOnlyList<PreferenceRow> Read(string role) => [.. session.Spec.DataFiles(session.Folder, role).SelectMany(file => DatasetFile.Read(file, Preference.Format))];
        var (train, validation) = (Read("train"), Read("validation"));
        if (PromptLeak.Find(train, validation) is { } leak)
            throw new InvalidInputException($"{leak.First}: this prompt is in the training data too ({leak.InTraining}), as {leak.Prompts} of {leak.AllPrompts} validation prompts are; expected no prompt in both.");
        return (Needed(TokenizedDataset<TokenPair>.Of(train, encoder.Encode).Examples, session), TokenizedDataset<TokenPair>.Of(validation, encoder.Encode).Examples);
    }

    private static IReadOnlyList<T> Needed<T>(IReadOnlyList<T> examples, RunSession session) =>
        examples.Count > 0 ? examples : throw new InvalidInputException($"{session.Folder.SpecFile}: 'data' has no file with the role 'train'; expected at least one.");

    private static int Rows(double averageLength) => Math.Max(1, (int)averageLength);
}
