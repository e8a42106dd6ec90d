using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Syntax;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>
/// A model's own way of writing a conversation as text: the Jinja template in its folder, rendered character by character as Hugging Face's
/// <c>apply_chat_template(..., tokenize=False)</c> renders it. https://huggingface.co/docs/transformers/chat_templating
/// </summary>
/// <remarks>A template is untrusted: it can reach nothing but what it is given, and <see cref="Limits"/> end whatever would not end. Safe to use from several threads.</remarks>
public sealed class ChatTemplate
{
    private static readonly Dictionary<string, object?> NoVariables = [];

    private readonly string source;
    private readonly IReadOnlyList<Statement> statements;

    private ChatTemplate(string name, string source, TemplateLimits limits)
    {
        if (source.Length > limits.SourceCharacters)
            throw new ModelFileException($"The chat template '{name}' is {source.Length} characters long; expected {limits.SourceCharacters} at most.");

        Name = name;
        Limits = limits;
        this.source = Lexer.NormalizeNewlines(source);
        statements = Guarded(() => TemplateParser.Parse(this.source, limits), () => 0);
    }

    private ChatTemplate(ChatTemplate other)
    {
        (Name, Limits, SpecialTokens, Clock) = (other.Name, other.Limits, other.SpecialTokens, other.Clock);
        (source, statements) = (other.source, other.statements);
    }

    /// <summary>What messages call the template: the file that it came from.</summary>
    public string Name { get; }

    /// <summary>What a rendering may spend.</summary>
    public TemplateLimits Limits { get; }

    /// <summary>The model's special tokens, which the template finds as variables: <c>bos_token</c>, <c>eos_token</c>, ...</summary>
    public IReadOnlyDictionary<string, object?> SpecialTokens { get; private init; } = NoVariables;

    /// <summary>What <c>strftime_now</c> reads; the system's clock and time zone by default.</summary>
    public TimeProvider Clock { get; private init; } = TimeProvider.System;

    /// <summary>Reads the template of a model folder: <c>chat_template.jinja</c>, else <c>chat_template</c> in <c>tokenizer_config.json</c>; null when the model has none.</summary>
    /// <exception cref="ModelFileException">A file is broken, or the template is no Jinja that chat templates may use.</exception>
    public static ChatTemplate? Load(string folder)
    {
        var files = new ChatTemplateFiles(folder);
        return files.FindTemplate() is var (name, source)
            ? new ChatTemplate(name, source, new TemplateLimits()) { SpecialTokens = files.ReadSpecialTokens() }
            : null;
    }

    /// <summary>Takes a template's text, with no special tokens: those that it needs come as variables.</summary>
    /// <exception cref="ModelFileException">The text is no Jinja that chat templates may use; the message says what, in which line and column.</exception>
    public static ChatTemplate Parse(string source, string name) => Parse(source, name, new TemplateLimits());

    /// <inheritdoc cref="Parse(string, string)"/>
    public static ChatTemplate Parse(string source, string name, TemplateLimits limits) => new(name, source, limits);

    /// <summary>The same template with another clock for <c>strftime_now</c>, for prompts that do not change with the day.</summary>
    public ChatTemplate WithClock(TimeProvider clock) => new(this) { Clock = clock };

    /// <summary>Writes a conversation as the model expects it.</summary>
    /// <param name="messages">The turns, first to last.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the start of an assistant's turn, for the model to go on from.</param>
    /// <param name="variables">More for the template to read: <c>tools</c>, <c>enable_thinking</c>, ... in the shapes of <see cref="ChatMessage.Fields"/>; they hide special tokens of the same name.</param>
    /// <exception cref="TemplateRefusalException">The template refuses this conversation.</exception>
    /// <exception cref="ModelFileException">The template does something impossible with it, or exceeds <see cref="Limits"/>.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, object?>? variables = null) =>
        Run(messages, addGenerationPrompt, variables, withSpans: false).Text;

    /// <summary>As <see cref="Render"/>, and says which characters the assistant wrote, for training on these alone.</summary>
    /// <inheritdoc cref="Render"/>
    public RenderedChat RenderWithSpans(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = false, IReadOnlyDictionary<string, object?>? variables = null) =>
        Run(messages, addGenerationPrompt, variables, withSpans: true);

    private RenderedChat Run(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, object?>? variables, bool withSpans)
    {
        // Hugging Face always passes tools and documents, so that they are defined, and None without any.
        var context = new Dictionary<string, object?> { ["tools"] = null, ["documents"] = null };
        foreach (var (name, value) in SpecialTokens.Concat(variables ?? NoVariables))
            context[name] = TemplateValue.From(value);

        context["messages"] = new PyList([.. messages.Select(TemplateValue.FromMessage)]);
        context["add_generation_prompt"] = addGenerationPrompt;
        var run = new TemplateRun(context, Limits, Clock);
        return Guarded(() => run.Render(statements, withSpans), () => run.Offset);
    }

    private T Guarded<T>(Func<T> work, Func<int> offset)
    {
        try
        {
            return work();
        }
        catch (TemplateRefusal refusal)
        {
            throw new TemplateRefusalException(Name, refusal.Message);
        }
        catch (TemplateFault fault)
        {
            var before = source.AsSpan(0, Math.Min(fault.Offset ?? offset(), source.Length));
            var line = before.Count('\n') + 1;
            var column = before.Length - before.LastIndexOf('\n');
            throw new ModelFileException($"The chat template '{Name}' fails in line {line}, column {column}: {fault.Message}.", fault);
        }
    }
}
