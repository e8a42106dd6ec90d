using RlhfHub.Training.Generation;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data.Tokens;

/// <summary>Texts and conversations to tokens, conversations by the model's own template.</summary>
public sealed class PassageEncoder
{
    private readonly Tokenizer tokenizer;
    private readonly ChatTemplate? template;
    private readonly bool endsByItself;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template; null where it has none.</param>
    public PassageEncoder(Tokenizer tokenizer, ChatTemplate? template)
    {
        (this.tokenizer, this.template) = (tokenizer, template);
        // A tokenizer whose own rule ends every text must not get a second end.
        endsByItself = tokenizer.EosId is { } end && tokenizer.Encode("a") is [.., var last] && last == end;
    }

    /// <summary>Its tokens.</summary>
    /// <exception cref="InvalidInputException">A conversation has no template, or the template refuses it.</exception>
    public int[] Encode(Passage passage, bool addGenerationPrompt = false) =>
        passage.IsConversation ? EncodeRendered(Render(passage, addGenerationPrompt)) : tokenizer.Encode(passage.Text);

    /// <summary>The tokens of a prompt and its completion as one text, and how many of them are the prompt. A token that lies across the border counts as the completion's.</summary>
    /// <exception cref="InvalidInputException">A conversation has no template, the template refuses it, or writes the prompt otherwise when a reply follows.</exception>
    public (int[] Ids, int PromptLength) EncodeParts(Passage prompt, Passage completion)
    {
        var (before, whole) = prompt.IsConversation
            ? (EncodeRendered(RenderPrompt(prompt, completion, out var text)), EncodeRendered(text))
            : (tokenizer.Encode(prompt.Text), tokenizer.Encode(prompt.Text + completion.Text));
        return (whole, before.AsSpan().CommonPrefixLength(whole));
    }

    /// <summary>A text with the end-of-text token after it, unless it ends so already; a conversation as it is, since its template says how turns end.</summary>
    /// <exception cref="InvalidInputException">The tokenizer has no end-of-text token.</exception>
    public Passage WithEnd(Passage passage)
    {
        if (passage.IsConversation || endsByItself) return passage;
        if (tokenizer.EosToken is not { } end || tokenizer.EosId is null)
            throw new InvalidInputException("The model's tokenizer has no end-of-text token; expected 'eos_token' in tokenizer_config.json, one of its own tokens.");
        return passage.Text.EndsWith(end, StringComparison.Ordinal) ? passage : Passage.Of(passage.Text + end);
    }

    /// <summary>Which tokens of a conversation the assistant wrote, as the template marks them with <c>{% generation %}</c>.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="ids">Its tokens, from <see cref="Encode"/> or <see cref="EncodeParts"/>.</param>
    /// <exception cref="InvalidInputException">It is no conversation, or the template marks nothing in it.</exception>
    public bool[] AssistantMask(Passage conversation, int[] ids)
    {
        if (!conversation.IsConversation) throw new InvalidInputException("The loss is wanted on the assistant's turns only, but this is a text; expected a conversation.");
        var rendered = Template.RenderWithSpans(conversation.Messages);
        var mask = new bool[ids.Length];
        foreach (var span in rendered.AssistantSpans)
        {
            // The tokenizer keeps no offsets: what stands before and after the span is encoded alone and compared. A token across a border belongs to the assistant.
            var end = span.Start + span.Length;
            var start = EncodeRendered(rendered.Text[..span.Start]).AsSpan().CommonPrefixLength(ids);
            var after = CommonSuffixLength(EncodeRendered(rendered.Text[end..]), ids);
            if (ids.Length - after > start) mask.AsSpan(start..(ids.Length - after)).Fill(true);
        }
        return mask.Contains(true)
            ? mask
            : throw new InvalidInputException($"The chat template '{Template.Name}' does not mark what the assistant says; expected {{% generation %}} … {{% endgeneration %}} around it, or the loss on whole conversations.");
    }

    private ChatTemplate Template =>
        template ?? throw new InvalidInputException("The model has no chat template; expected chat_template.jinja or 'chat_template' in tokenizer_config.json.");

    private string RenderPrompt(Passage prompt, Passage completion, out string whole)
    {
        var before = Render(prompt, addGenerationPrompt: true);
        whole = Render(prompt.Then(completion), addGenerationPrompt: false);
        return whole.StartsWith(before, StringComparison.Ordinal)
            ? before
            : throw new InvalidInputException(
                $"The chat template '{Template.Name}' writes the prompt otherwise when a reply follows it (they part at character {before.AsSpan().CommonPrefixLength(whole) + 1}); expected a template that only adds to it.");
    }

    private string Render(Passage conversation, bool addGenerationPrompt) => TextModel.RenderChat(template, conversation.Messages!, addGenerationPrompt);

    private int[] EncodeRendered(string text) => tokenizer.Encode(text, addSpecialTokens: false);

    private static int CommonSuffixLength(int[] one, int[] two)
    {
        var length = 0;
        while (length < one.Length && length < two.Length && one[^(length + 1)] == two[^(length + 1)]) length++;
        return length;
    }
}
