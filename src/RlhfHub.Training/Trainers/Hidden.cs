using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>From a batch of tokens to what losses need.</summary>
internal static class Hidden
{
    /// <summary>Hidden states of a batch, packed or not; (batch, time, hidden).</summary>
    public static Tensor Of(LanguageModel model, TokenTensors batch) =>
        batch.Segments is null ? model.Decoder.forward(batch.Ids) : model.Decoder.Packed(batch.Ids, batch.Segments, batch.Positions!);

    /// <summary>Log-probabilities of the completions of a batch, summed; and how many tokens each has. (batch) each.</summary>
    public static (Tensor Sums, Tensor Lengths) CompletionLogProbabilities(CausalModel model, TokenTensors batch)
    {
        var time = batch.Ids.size(1) - 1;
        var targets = batch.Labels.narrow(1, 1, time);                                                                  // (batch, time - 1)
        var mask = targets.ne(TokenBatch.Ignored);
        var tokens = TokenLogProbabilities.FromHiddenWhere(Of(model, batch).narrow(1, 0, time), model.HeadWeight, targets, mask).LogProbabilities;
        return (SequenceLogProbabilities.Sum(tokens, mask), SequenceLogProbabilities.Lengths(mask));
    }
}
