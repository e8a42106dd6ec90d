using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;
using static TorchSharp.torch;

namespace RlhfHub.Training.Generation;

/// <summary>A language model with what it takes to speak to it: tokenizer, chat template, end-of-text tokens.</summary>
public sealed class TextModel : IDisposable
{
    private TextModel(CausalModel model, Tokenizer tokenizer, ChatTemplate? template, IReadOnlyList<int> endIds) =>
        (Model, Tokenizer, Template, EndIds) = (model, tokenizer, template, endIds);

    /// <summary>The weights.</summary>
    public CausalModel Model { get; }

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How a conversation is written down; null for a model that knows none.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>Loads a model folder whole.</summary>
    /// <inheritdoc cref="ModelFolder.LoadCausal"/>
    public static TextModel Load(string folder, Device? device = null, ScalarType? dtype = null)
    {
        // The small files first: what is wrong with them is said before gigabytes are read.
        var config = ModelConfig.Load(folder);
        var tokenizer = LoadTokenizer(folder, config);
        var template = ChatTemplate.Load(folder);
        var endIds = EndTokens.Of(folder, config, tokenizer);
        return new TextModel(ModelFolder.LoadCausal(folder, device, dtype), tokenizer, template, endIds);
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
    public void Dispose() => Model.Dispose();
}
