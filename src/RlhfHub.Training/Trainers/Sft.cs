using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Options of supervised fine-tuning; names and defaults are TRL's, https://huggingface.co/docs/trl/sft_trainer.</summary>
public sealed record SftOptions : TrainingOptions
{
    /// <summary>TRL's learning rate.</summary>
    public SftOptions() => LearningRate = 2e-5;

    /// <summary>Put several examples into a row, so that little is padding; none sees another.</summary>
    [Display(Name = "Packing", Description = "Fill rows with several examples, none of which sees another: quicker where lengths differ.")]
    public bool Packing { get; init; }

    /// <summary>Whether only completions are learned; null means yes where there are prompts.</summary>
    [Display(Name = "Completions only", Description = "Learn completions, not their prompts; empty means yes where there are prompts.")]
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>Whether only the assistant's turns are learned; the chat template must mark them.</summary>
    [Display(Name = "Assistant's turns only", Description = "Learn only what the assistant says; the chat template must mark it.")]
    public bool AssistantOnlyLoss { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Packing && MaxLength is null ? base.Validate(validationContext).Append(new ValidationResult("'packing' needs 'max_length': it is how long a row is.")) : base.Validate(validationContext);
}

/// <summary>Next-token cross entropy over what is to be learned, a row holding one example or several.</summary>
internal sealed class SftObjective(CausalModel model, int padId, bool isPacked) : Objective<PackedRow>
{
    private const int BeginningTokens = 8;

    /// <summary>Rows of the examples, packed or one each.</summary>
    public static IReadOnlyList<PackedRow> Rows(IReadOnlyList<TokenSequence> examples, SftOptions options) =>
        options.Packing ? Packing.BestFitDecreasing(examples, options.MaxLength!.Value) : [.. examples.Select(example => new PackedRow([example]))];

    public override long Weight(IReadOnlyList<PackedRow> examples) => examples.Sum(row => row.Parts.Sum(Targets));

    public override long TokenCount(PackedRow example) => example.Length;

    public override int Length(PackedRow example) => example.Length;

    public override Tensor Loss(IReadOnlyList<PackedRow> examples, long stepWeight, MetricSums metrics)
    {
        var batch = (isPacked ? TokenBatch.Packed(examples, padId) : TokenBatch.Of([.. examples.Select(row => row.Parts[0])], padId)).ToTensors(model.Decoder.Device);
        var result = CrossEntropyLoss.FromHidden(Hidden.Of(model, batch), model.HeadWeight, batch.Labels, stepWeight);
        metrics.Add("entropy", result.Entropy.to(ScalarType.Float64).item<double>(), result.TokenCount);
        metrics.Add("mean_token_accuracy", result.Accuracy.to(ScalarType.Float64).item<double>(), result.TokenCount);
        return result.Loss;
    }

    public override void Summarize(MetricSums validation) => validation.Add("perplexity", Math.Exp(validation.Mean("loss")), 1);

    /// <summary>Prompts where there are any, else beginnings of texts.</summary>
    public override IReadOnlyList<int[]> SamplePrompts(int count) =>
    [
        .. Validation.SelectMany(row => row.Parts).Where(part => part.Ids.Length > 1 && part.PromptLength < part.Ids.Length).Take(count)
            .Select(part => part.Ids[..(part.PromptLength > 0 ? part.PromptLength : Math.Min(BeginningTokens, part.Ids.Length / 2))]),
    ];

    /// <summary>The first token of a sequence has nothing before it and is never predicted.</summary>
    private static long Targets(TokenSequence sequence) => sequence.LossMask.Skip(1).Count(isLearned => isLearned);
}
