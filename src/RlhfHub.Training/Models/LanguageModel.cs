using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Models;

/// <summary>A decoder with a head, as one folder holds it.</summary>
public abstract class LanguageModel : Module
{
    private protected LanguageModel(string name, ModelConfig config, Decoder decoder) : base(name) => (Config, Decoder) = (config, decoder);

    /// <summary>What the folder's <c>config.json</c> says.</summary>
    public ModelConfig Config { get; }

    /// <summary>The stack below the head.</summary>
    public Decoder Decoder { get; }

    /// <summary>The head's own weight; null when it is the token embedding.</summary>
    internal abstract Linear? Head { get; }

    /// <summary>The weight that makes logits or scores of hidden states, wherever it comes from: an adapter, the head, or the token embedding.</summary>
    internal Tensor HeadWeight => (Head?.Replacement ?? Head)?.weight ?? Decoder.EmbeddingWeight;

    /// <summary>What the checkpoint calls the head.</summary>
    internal abstract string HeadName { get; }

    /// <summary>Half precisions end at the head: softmax and losses want float32.</summary>
    private protected static Tensor Widen(Tensor output) => output.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? output.to(ScalarType.Float32) : output;

    /// <summary>What to throw when its output is NaN.</summary>
    internal ModelFileException NotNumbers() => new($"{Config.File}: the model gives no numbers (NaN); its weights are damaged or its training diverged.");

    /// <summary>A model lives until it is disposed, whatever dispose scope its maker had open.</summary>
    private protected void OutliveScopes()
    {
        foreach (var tensor in parameters().Concat(buffers())) tensor.DetachFromDisposeScope();
    }
}

/// <summary>Predicts the next token.</summary>
public sealed class CausalModel : LanguageModel
{
    private readonly Decoder decoder;
    private readonly Linear? head;

    internal CausalModel(ModelConfig config, ScalarType dtype, Device device) : base(nameof(CausalModel), config, new Decoder(config.Decoder, dtype, device))
    {
        decoder = Decoder;
        head = config.Decoder.HasTiedHead ? null : new Linear(config.Decoder.HiddenSize, config.Decoder.VocabularySize, false, dtype, device);
        RegisterComponents();
        OutliveScopes();
    }

    internal override Linear? Head => head;

    internal override string HeadName => Config.Family.Names.Head;

    /// <summary>Logits of every position.</summary>
    /// <param name="ids">(batch, time), int64.</param>
    /// <param name="mask">(batch, time), see <see cref="Decoder.forward(Tensor, Tensor)"/>.</param>
    /// <returns>(batch, time, vocab), float32.</returns>
    public Tensor forward(Tensor ids, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        return Logits(decoder.forward(ids, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of hidden states; take only the positions that are needed, the vocabulary is wide.</summary>
    /// <param name="hidden">(…, hidden).</param>
    /// <returns>(…, vocab), float32 whatever the model's type.</returns>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = head is null ? LinearProduct.Of(hidden, decoder.EmbeddingWeight) : head.Precise(hidden);
        return Widen(logits).MoveToOuterDisposeScope();
    }
}

/// <summary>Scores a whole text: one number (a reward model) or one logit a label.</summary>
public sealed class SequenceClassifier : LanguageModel
{
    private readonly Decoder? decoder;
    private readonly Linear head;

    internal SequenceClassifier(ModelConfig config, ScalarType dtype, Device device) : this(config, new Decoder(config.Decoder, dtype, device), isOwner: true)
    {
    }

    /// <summary>A head over a decoder that may be another model's.</summary>
    /// <param name="config">What it is.</param>
    /// <param name="decoder">The stack below the head.</param>
    /// <param name="isOwner">Whether the decoder's parameters count as this model's and are disposed with it.</param>
    internal SequenceClassifier(ModelConfig config, Decoder decoder, bool isOwner) : base(nameof(SequenceClassifier), config, decoder)
    {
        // Null where it is another's, for a field makes it a child.
        this.decoder = isOwner ? decoder : null;
        head = new Linear(config.Decoder.HiddenSize, config.Labels.Count, false, decoder.DType, decoder.Device);
        RegisterComponents();
        OutliveScopes();
    }

    internal override Linear Head => head;

    internal override string HeadName => Config.Family.Names.Score;

    /// <summary>Scores of texts, read at each one's last token.</summary>
    /// <param name="ids">(batch, time), int64, padded on the right.</param>
    /// <param name="lengths">(batch), int64: the tokens of each text. Stated rather than found by looking for the pad id, which may be the end-of-text id too.</param>
    /// <returns>(batch, labels), float32.</returns>
    public Tensor forward(Tensor ids, Tensor lengths)
    {
        using var scope = NewDisposeScope();
        var hidden = Decoder.forward(ids);                                                                           // (batch, time, hidden)
        var last = hidden.gather(1, lengths.sub(1).view(-1, 1, 1).expand(-1, 1, hidden.size(2))).squeeze(1);        // (batch, hidden)
        var scores = head.Precise(last);
        return Widen(scores).MoveToOuterDisposeScope();
    }
}
