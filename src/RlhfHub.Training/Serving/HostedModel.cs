using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;
using static TorchSharp.torch;

namespace RlhfHub.Training.Serving;

/// <summary>
/// A base model in memory once, with any number of adapters over it, of which one at most is on. Synchronous: all but <see cref="Load"/> belongs to the one thread
/// that computes with it.
/// </summary>
public sealed class HostedModel : IDisposable
{
    private readonly List<HostedVariant> adapted = [];
    private HostedVariant selected;

    private HostedModel(string folder, LanguageModel model, Tokenizer tokenizer, ChatTemplate? template, IReadOnlyList<int> endIds)
    {
        (Folder, Model, Tokenizer, Template, EndIds) = (folder, model, tokenizer, template, endIds);
        Plain = new HostedVariant(this, null, model);
        selected = Plain;
        SizeBytes = model.parameters().Sum(parameter => parameter.numel() * parameter.element_size());
    }

    /// <summary>Where it was loaded from.</summary>
    public string Folder { get; }

    /// <summary>The base as the folder has it.</summary>
    public LanguageModel Model { get; }

    /// <summary>Text to tokens and back. Encoding is safe from any thread.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How a conversation is written down; null for a model that knows none.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>The base without adapters.</summary>
    public HostedVariant Plain { get; }

    /// <summary>What the base's weights take.</summary>
    public long SizeBytes { get; }

    /// <summary>Loads a language model, reward model or classifier; may run on a thread of its own.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="device">Where to; the CPU when null.</param>
    /// <param name="dtype">Float32 or BFloat16; as the folder has it when null.</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the parts do not fit each other.</exception>
    public static HostedModel Load(string folder, Device? device = null, ScalarType? dtype = null)
    {
        // The small files first: what is wrong with them is said before gigabytes are read.
        var config = ModelConfig.Load(folder);
        var tokenizer = TextModel.LoadTokenizer(folder, config);
        var template = ChatTemplate.Load(folder);
        var endIds = EndTokens.Of(folder, config, tokenizer);
        LanguageModel model = config.IsClassifier ? ModelFolder.LoadClassifier(folder, device, dtype) : ModelFolder.LoadCausal(folder, device, dtype);
        return new HostedModel(folder, model, tokenizer, template, endIds);
    }

    /// <summary>Puts an adapter over the base; it is off until something is done with it.</summary>
    /// <param name="folder">As PEFT saves it: one that writes, or one that scores.</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the adapter does not fit the base.</exception>
    public HostedVariant Attach(string folder)
    {
        // Each takes off whole layers that stand in for the base's, so never two at once.
        Select(Plain);
        var (model, head) = Head(folder);
        Adapter adapter;
        try
        {
            adapter = PeftMethods.Load(model, folder);
        }
        catch
        {
            head?.Dispose();
            throw;
        }
        adapter.IsEnabled = false;
        adapter.eval();
        var variant = new HostedVariant(this, adapter, model, head);
        adapted.Add(variant);
        return variant;
    }

    /// <summary>Takes an adapter out of memory.</summary>
    public void Detach(HostedVariant variant)
    {
        if (!adapted.Remove(variant)) return;
        if (selected == variant) Select(Plain);
        variant.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Select(Plain);
        foreach (var variant in adapted) variant.Dispose();
        Model.Dispose();
    }

    /// <summary>Turns one variant on and all others off.</summary>
    internal void Select(HostedVariant variant)
    {
        if (selected == variant) return;
        selected.SetEnabled(false);
        variant.SetEnabled(true);
        selected = variant;
    }

    /// <summary>What the adapter goes on: the base, or a fresh head for scores over the base's decoder where the adapter brings one.</summary>
    private (LanguageModel Model, SequenceClassifier? Head) Head(string folder)
    {
        using var files = AdapterFiles.Open(folder);
        if (Model is not CausalModel causal || !AdapterFiles.IsForScores(files.Config)) return (Model, null);
        var weight = files.Weights.Entries.FirstOrDefault(entry => entry.Key.EndsWith($".{causal.Config.Family.Names.Score}.weight", StringComparison.Ordinal)).Value
            ?? throw new ModelFileException($"{folder}: the adapter scores texts, but has no '{causal.Config.Family.Names.Score}', and its base model has none either.");
        var rows = (int)weight.Shape[0];
        string[] labels = rows == 1 ? ["reward"] : [.. Enumerable.Range(0, rows).Select(i => $"LABEL_{i}")];
        var head = ModelFolder.StartClassifier(causal, labels, padId: EndIds.Count > 0 ? EndIds[0] : 0, seed: 0);
        head.eval();
        return (head, head);
    }
}

/// <summary>A base as it is, or with one adapter on.</summary>
public sealed class HostedVariant : IDisposable
{
    private readonly Adapter? adapter;
    private readonly SequenceClassifier? ownHead;

    internal HostedVariant(HostedModel host, Adapter? adapter, LanguageModel model, SequenceClassifier? ownHead = null) =>
        (Host, this.adapter, Model, this.ownHead) = (host, adapter, model, ownHead);

    /// <summary>The base and what belongs to it.</summary>
    public HostedModel Host { get; }

    /// <summary>A <see cref="CausalModel"/> that writes or a <see cref="SequenceClassifier"/> that scores; <see cref="Select"/> it before it computes.</summary>
    public LanguageModel Model { get; }

    /// <summary>Makes the shared base compute as this variant until another is selected.</summary>
    public void Select() => Host.Select(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        adapter?.Dispose();
        ownHead?.Dispose();
    }

    internal void SetEnabled(bool isEnabled)
    {
        if (adapter is not null) adapter.IsEnabled = isEnabled;
    }
}
