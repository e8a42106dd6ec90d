using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>Options of an evaluation; names and defaults are those of the trainers.</summary>
public sealed record EvaluateOptions : IValidatableObject
{
    /// <summary>Examples in one pass.</summary>
    [Range(1, 65_536), Display(Name = "Batch size", Description = "Examples computed at once; more need more memory.")]
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    /// <summary>The most tokens of an example; null for no limit.</summary>
    [Range(2, 10_000_000), Display(Name = "Length limit", Description = "The most tokens of an example; longer texts are cut, longer comparisons left out.")]
    public int? MaxLength { get; init; } = 1024;

    /// <summary>Whether only completions are predicted; null means yes where there are prompts.</summary>
    [Display(Name = "Completions only", Description = "Measure completions, not their prompts; empty means yes where there are prompts.")]
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>The classes in their order, for a classifier that is an adapter; a whole model has them in its config.</summary>
    [Display(Name = "Labels", Description = "The names of the classes, for an adapter that is a classifier.")]
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>For data that are prompts alone: the folder of the model that scores the replies, or of an adapter that is one over the same base.</summary>
    [Display(Name = "Reward model", Description = "Prompts are answered by two models; this one says which reply is better.")]
    public string? RewardModelPath { get; init; }

    /// <summary>The folder of the model, or of an adapter over the same base, that the model is compared with; null for the base without the run's adapter.</summary>
    [Display(Name = "Compare with", Description = "The other model, or an adapter over the same base; empty for the base without the adapter.")]
    public string? CompareWith { get; init; }

    /// <summary>The longest reply, in tokens.</summary>
    [Range(1, 100_000), Display(Name = "Reply length", Description = "The most tokens of a reply.")]
    public int ResponseLength { get; init; } = 128;

    /// <summary>Sampling temperature of the replies; 0 always takes the likeliest token.</summary>
    [Range(0.0, 100.0), Display(Name = "Temperature", Description = "Above 1 replies vary more, below 1 less; 0 not at all.")]
    public double Temperature { get; init; } = 0.7;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Labels.Any(string.IsNullOrWhiteSpace) || Labels.Distinct(StringComparer.Ordinal).Count() != Labels.Count)
            yield return new ValidationResult("'labels' must be names that differ and are not empty.");
    }
}

/// <summary>
/// Measures a model on the data of the role <c>validation</c>; their first line says what is measured: a language model on texts or prompts with completions,
/// a reward model on comparisons, a classifier on labelled texts, two language models against each other on prompts alone.
/// </summary>
internal static class Evaluate
{
    public static bool Run(RunSession session, EvaluateOptions options)
    {
        var inputs = new RunInputs(session, isTraining: false);
        return inputs.FirstLineHas("label") ? Classes(session, inputs, options)
            : inputs.FirstLineHas("chosen") || inputs.FirstLineHas("responses") ? Preferences(session, inputs, options)
            : options.RewardModelPath is not null ? EvaluateReplies.Run(session, inputs, options)
            : inputs.FirstLineHas("prompt") && !inputs.FirstLineHas("completion")
                ? throw new InvalidInputException($"{session.Folder.SpecFile}: 'options.reward_model_path' is missing; expected a reward model to score replies with, because the data are prompts alone.")
            : Texts(session, inputs, options);
    }

    private static bool Texts(RunSession session, RunInputs inputs, EvaluateOptions options)
    {
        var rows = SftObjective.Rows(inputs.Sequences(new() { MaxLength = options.MaxLength, CompletionOnlyLoss = options.CompletionOnlyLoss }).Validation, new SftOptions());
        session.Prepare(inputs.Config.Decoder, options.PerDeviceEvalBatchSize * Rows(rows.Average(row => row.Length)));
        using var model = ModelFolder.LoadCausal(inputs.Folder, session.Device, inputs.DType);
        return Measure(session, options, model, new SftObjective(model, inputs.PadId, isPacked: false) { Train = [], Validation = rows });
    }

    private static bool Preferences(RunSession session, RunInputs inputs, EvaluateOptions options)
    {
        var pairs = inputs.Pairs(new() { MaxLength = options.MaxLength, TruncationMode = TruncationMode.Drop }).Validation;
        session.Prepare(inputs.Config.Decoder, options.PerDeviceEvalBatchSize * Rows(pairs.Average(pair => pair.Chosen.Ids.Length)));
        using var model = Classifier(session, inputs, ["reward"]);
        if (model.Config.Labels.Count != 1)
            throw new InvalidInputException($"{model.Config.File} has {model.Config.Labels.Count} labels; expected one, as a reward model has, for data with comparisons.");
        return Measure(session, options, model, new RewardObjective(model, inputs.PadId, new RewardOptions()) { Train = [], Validation = pairs });
    }

    private static bool Classes(RunSession session, RunInputs inputs, EvaluateOptions options)
    {
        var labels = inputs.Config.IsClassifier ? inputs.Config.Labels : options.Labels;
        if (labels.Count < 2) throw new InvalidInputException($"The data have labels, but the model has {labels.Count}; expected a classifier, or an adapter that is one and its 'labels' in the options.");
        var texts = inputs.Classes(new() { MaxLength = options.MaxLength }, labels).Validation;
        session.Prepare(inputs.Config.Decoder, options.PerDeviceEvalBatchSize * Rows(texts.Average(text => text.Sequence.Ids.Length)));
        using var model = Classifier(session, inputs, labels);
        return Measure(session, options, model, new ClassifyObjective(model, inputs.PadId) { Train = [], Validation = texts });
    }

    /// <summary>A language model is one only where an adapter brings the head.</summary>
    private static SequenceClassifier Classifier(RunSession session, RunInputs inputs, IReadOnlyList<string> labels) => session.Spec.Adapter is null
        ? ModelFolder.LoadClassifier(inputs.Folder, session.Device, inputs.DType)
        : ModelFolder.StartClassifier(inputs.Folder, labels, inputs.PadId, session.Spec.Seed, session.Device, inputs.DType);

    private static bool Measure<TExample>(RunSession session, EvaluateOptions options, LanguageModel model, Objective<TExample> objective)
    {
        using var adapter = session.Spec.Adapter is { } folder ? PeftMethods.Load(model, session.Folder.Resolve(folder)) : null;
        adapter?.eval();
        session.Describe(options.PerDeviceEvalBatchSize, ModelDType.NameOf(model.Decoder.DType));
        session.Log.Append(new StateEvent(RunState.Running));
        var metrics = ValidationPass.Run(objective, options.PerDeviceEvalBatchSize, (done, count) =>
        {
            if (done > 0) session.Progress(done, count);
            // There is nothing to save: an evaluation that was stopped begins again.
            return done == count || session.MayGoOn(() => { });
        });
        if (metrics is null) return false;
        session.Log.Append(new MetricEvent(0, metrics));
        RunOutput.Write(session, options, metrics);
        return true;
    }

    private static int Rows(double averageLength) => Math.Max(1, (int)averageLength);
}
