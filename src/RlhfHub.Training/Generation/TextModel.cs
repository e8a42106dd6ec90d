using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;
using static TorchSharp.torch;

namespace RlhfHub.Training.Generation;

/// <summary>A language model with what it takes to speak to it: tokenizer, chat template, end-of-text tokens.</summary>
public sealed class TextModel : IDisposable
{
    private readonly Adapter? adapter;

    private TextModel(CausalModel model, Adapter? adapter, Tokenizer tokenizer, ChatTemplate? template, IReadOnlyList<int> endIds) =>
        (Model, this.adapter, Tokenizer, Template, EndIds) = (model, adapter, tokenizer, template, endIds);

    /// <summary>The weights.</summary>
    public CausalModel Model { get; }

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How a conversation is written down; null for a model that knows none.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>Loads a model folder whole.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="device">Where to; the CPU when null.</param>
    /// <param name="dtype">Float32 or BFloat16; as the folder has it when null.</param>
    /// <param name="adapterFolder">An adapter that was trained on this model; null for none.</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the parts do not fit each other.</exception>
    public static TextModel Load(string folder, Device? device = null, ScalarType? dtype = null, string? adapterFolder = null)
    {
        // The small files first: what is wrong with them is said before gigabytes are read.
        var config = ModelConfig.Load(folder);
        var tokenizer = LoadTokenizer(folder, config);
        var template = ChatTemplate.Load(folder);
        var endIds = EndTokens.Of(folder, config, tokenizer);
        var model = ModelFolder.LoadCausal(folder, device, dtype);
        try
        {
            var adapter = adapterFolder is null ? null : PeftMethods.Load(model, adapterFolder);
            adapter?.eval();
            return new TextModel(model, adapter, tokenizer, template, endIds);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Loads the tokenizer of a model folder and checks that the model has a row for each of its ids.</summary>
    /// <exception cref="ModelFileException">It is broken, or belongs to another model.</exception>
    public static Tokenizer LoadTokenizer(string folder, ModelConfig config)
    {
        var tokenizer = Tokenizer.Load(folder);
        return tokenizer.VocabularySize <= config.Decoder.VocabularySize
            ? tokenizer
            : throw new ModelFileException($"{Path.Combine(folder, "tokenizer.json")} has ids up to {tokenizer.VocabularySize - 1}, but the model's 'vocab_size' is {config.Decoder.VocabularySize}; one of the two belongs to another model.");
    }

    /// <summary>The tokens of a conversation, up to where the model is to answer.</summary>
    /// <exception cref="InvalidInputException">The model has no chat template, or it refuses this conversation.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages) => Tokenizer.Encode(RenderChat(Template, messages, addGenerationPrompt: true), addSpecialTokens: false);

    /// <summary>A conversation as its model writes it down; the template puts the special tokens in.</summary>
    /// <exception cref="InvalidInputException">There is no template, or it refuses this conversation.</exception>
    public static string RenderChat(ChatTemplate? template, IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        if (template is null) throw new InvalidInputException("The model has no chat template; expected chat_template.jinja or 'chat_template' in tokenizer_config.json.");
        try
        {
            return template.Render(messages, addGenerationPrompt);
        }
        catch (TemplateRefusalException refusal)
        {
            throw new InvalidInputException(refusal.Message, refusal);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        adapter?.Dispose();
        Model.Dispose();
    }
}
