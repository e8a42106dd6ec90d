using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace RlhfHub.Training.Losses;

/// <summary>Cross entropy of labelled texts.</summary>
public static class ClassificationLoss
{
    /// <summary>Mean over the texts that have a label; 0 when none has.</summary>
    /// <param name="logits">(batch, classes).</param>
    /// <param name="labels">(batch), int64; −100 for none.</param>
    /// <returns>().</returns>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var total = cross_entropy(logits, labels, ignore_index: CrossEntropyLoss.Ignored, reduction: nn.Reduction.Sum);
        return total.div(labels.ne(CrossEntropyLoss.Ignored).sum().clamp_min(1)).MoveToOuterDisposeScope();
    }
}
