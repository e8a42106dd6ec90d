using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Options of text classification; names and defaults are Hugging Face's, https://huggingface.co/docs/transformers/tasks/sequence_classification.</summary>
public sealed record ClassifyOptions : TrainingOptions
{
    /// <summary>The learning rate of Hugging Face's <c>TrainingArguments</c>.</summary>
    public ClassifyOptions() => LearningRate = 5e-5;

    /// <summary>The classes, in the order of their numbers from 0.</summary>
    [Display(Name = "Labels", Description = "The names of the classes, in the order of their numbers; the data name them or give their number.")]
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>By which validation metric the best model is told.</summary>
    [Display(Name = "Best by", Description = "What tells the best model: f1 counts every class alike, accuracy every text, loss looks at probabilities.")]
    public ClassMetric MetricForBestModel { get; init; } = ClassMetric.F1;

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Labels.Count >= 2 && !Labels.Any(string.IsNullOrWhiteSpace) && Labels.Distinct(StringComparer.Ordinal).Count() == Labels.Count
            ? base.Validate(validationContext)
            : base.Validate(validationContext).Append(new ValidationResult("'labels' must be at least two names that differ and are not empty, such as [\"polite\", \"rude\"]."));
}

/// <summary>What tells the best classifier.</summary>
public enum ClassMetric
{
    /// <summary>Mean F1 over classes.</summary>
    F1,

    /// <summary>Share of texts that are right.</summary>
    Accuracy,

    /// <summary>Cross entropy.</summary>
    Loss,
}

/// <summary>Cross entropy of labelled texts.</summary>
internal sealed class ClassifyObjective(SequenceClassifier model, int padId, ClassMetric best = ClassMetric.F1) : Objective<TokenClass>
{
    // The matrix of more classes is too wide to be read, and thousands of numbers for each validation.
    private const int MostClassesOfMatrix = 32;

    private IReadOnlyList<string> Names => model.Config.Labels;

    public override string BestMetric => best switch
    {
        ClassMetric.F1 => "f1",
        ClassMetric.Accuracy => "accuracy",
        _ => "loss",
    };

    public override bool IsHigherBetter => best != ClassMetric.Loss;

    public override long Weight(IReadOnlyList<TokenClass> examples) => examples.Count;

    public override long TokenCount(TokenClass example) => example.Sequence.Ids.Length;

    public override int Length(TokenClass example) => example.Sequence.Ids.Length;

    public override Tensor Loss(IReadOnlyList<TokenClass> examples, long stepWeight, MetricSums metrics)
    {
        var (sequences, classes) = ClassBatch.Of(examples, padId).ToTensors(model.Decoder.Device);
        var logits = model.forward(sequences.Ids, sequences.Lengths);                                                   // (batch, classes)
        using (NewDisposeScope())
        {
            var predicted = logits.detach().argmax(1);                                                                  // (batch)
            metrics.Add("accuracy", predicted.eq(classes).to(ScalarType.Float64).mean().item<double>(), examples.Count);
            metrics.Keep("label", classes);
            metrics.Keep("prediction", predicted);
        }
        return ClassificationLoss.CrossEntropy(logits, classes).mul((double)examples.Count / stepWeight);
    }

    /// <summary>
    /// Adds <c>precision</c>, <c>recall</c>, <c>f1</c> (means over the classes that occur, scikit-learn's macro average), the same of every class as
    /// <c>f1/polite</c>, and the confusion matrix as counts: <c>confusion/polite/rude</c> are polite texts that were taken for rude ones.
    /// </summary>
    public override void Summarize(MetricSums validation)
    {
        var result = ClassificationMetrics.Of([.. validation.Kept("label").Select(value => (long)value)], [.. validation.Kept("prediction").Select(value => (long)value)], Names.Count);
        validation.Add("precision", result.MacroPrecision, 1);
        validation.Add("recall", result.MacroRecall, 1);
        validation.Add("f1", result.MacroF1, 1);
        foreach (var (name, metrics) in Names.Zip(result.Classes))
        {
            validation.Add($"precision/{name}", metrics.Precision, 1);
            validation.Add($"recall/{name}", metrics.Recall, 1);
            validation.Add($"f1/{name}", metrics.F1, 1);
        }
        if (Names.Count > MostClassesOfMatrix) return;
        for (var label = 0; label < Names.Count; label++)
            for (var predicted = 0; predicted < Names.Count; predicted++)
                validation.Add($"confusion/{Names[label]}/{Names[predicted]}", result.Confusion[label, predicted], 1);
    }
}
