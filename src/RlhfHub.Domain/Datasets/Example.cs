using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>The kinds of <see cref="Example"/>.</summary>
public enum ExampleKind
{
    /// <summary><see cref="TextExample"/></summary>
    Text,

    /// <summary><see cref="PromptExample"/></summary>
    Prompt,

    /// <summary><see cref="DemonstrationExample"/></summary>
    Demonstration,

    /// <summary><see cref="PreferenceExample"/></summary>
    Preference,

    /// <summary><see cref="UnpairedExample"/></summary>
    Unpaired,

    /// <summary><see cref="RankingExample"/></summary>
    Ranking,

    /// <summary><see cref="ClassificationExample"/></summary>
    Classification,
}

/// <summary>
/// One thing that a data set says, whatever format it came in. Compared by content. A prompt is a conversation up to what is to be answered, and may be empty
/// where a format has none;
/// a reply is one assistant text. Where replies part before their last message (several turns each), there is no such prompt: formats made of messages refuse
/// the record.
/// </summary>
public abstract record Example
{
    private protected Example() { }

    /// <summary>Which of the sealed records this is.</summary>
    public abstract ExampleKind Kind { get; }

    /// <summary>The source's own name for it; never empty.</summary>
    public string? Id { get; init; }

    /// <summary>Words that the source files it under.</summary>
    public ValueList<string> Tags { get; init; } = [];

    /// <summary>Where it comes from, in the source's words; never empty.</summary>
    public string? Source { get; init; }

    /// <summary>The part of the data set that it belongs to, in the source's words; never empty.</summary>
    public string? Split { get; init; }

    /// <summary>What else the record said.</summary>
    public ExtraFields Extra { get; init; } = ExtraFields.None;

    /// <summary>The replies in it, in their order.</summary>
    public virtual ValueList<Reply> Replies => [];

    /// <summary>The conversation that its replies answer, or an empty one.</summary>
    public virtual ValueList<Message> Conversation => [];
}

/// <summary>An assistant's text and where it came from.</summary>
/// <param name="Text">The text; empty where the assistant said nothing.</param>
/// <param name="Origin">Who wrote it, if anybody knows.</param>
public sealed record Reply(string Text, Origin? Origin = null)
{
    /// <summary>A text of unknown origin.</summary>
    public static implicit operator Reply(string text) => new(text);
}

/// <summary>Who wrote a reply; one of the two at least is known, and neither is empty.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Person">The person's name or number in the source.</param>
public sealed record Origin(string? Model = null, string? Person = null);

/// <summary>Text to imitate whole.</summary>
public sealed record TextExample(string Text) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Text;
}

/// <summary>A question without an answer. It has one message at least, and the last is not the assistant's.</summary>
public sealed record PromptExample(ValueList<Message> Prompt) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Prompt;

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}

/// <summary>A prompt and the reply to learn.</summary>
public sealed record DemonstrationExample(ValueList<Message> Prompt, Reply Completion) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Demonstration;

    /// <inheritdoc/>
    public override ValueList<Reply> Replies => [Completion];

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}

/// <summary>Two replies that differ, one of them better.</summary>
/// <param name="Prompt">What both answer.</param>
/// <param name="Chosen">The better one.</param>
/// <param name="Rejected">The other one.</param>
/// <param name="Margin">By how much it is better, in the source's own unit; a finite number.</param>
public sealed record PreferenceExample(ValueList<Message> Prompt, Reply Chosen, Reply Rejected, double? Margin = null) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Preference;

    /// <inheritdoc/>
    public override ValueList<Reply> Replies => [Chosen, Rejected];

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}

/// <summary>A reply that is good (true) or not.</summary>
public sealed record UnpairedExample(ValueList<Message> Prompt, Reply Completion, bool Label) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Unpaired;

    /// <inheritdoc/>
    public override ValueList<Reply> Replies => [Completion];

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}

/// <summary>Two or more replies and the place of each.</summary>
/// <param name="Prompt">What they answer.</param>
/// <param name="Responses">The replies, in the source's order.</param>
/// <param name="Ranking">The place of each, from 1 for the best to at most their number; the same for replies that are tied. Somebody has place 1.</param>
public sealed record RankingExample(ValueList<Message> Prompt, ValueList<Reply> Responses, ValueList<int> Ranking) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Ranking;

    /// <inheritdoc/>
    public override ValueList<Reply> Replies => Responses;

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}

/// <summary>A text or a conversation and the labels that it bears: exactly one of the two is there.</summary>
/// <param name="Text">The text, or null where a conversation is labelled.</param>
/// <param name="Prompt">The conversation, whoever speaks last; empty where a text is labelled.</param>
/// <param name="Labels">The labels' names; a number in a file becomes its digits.</param>
public sealed record ClassificationExample(string? Text, ValueList<Message> Prompt, ValueList<string> Labels) : Example
{
    /// <inheritdoc/>
    public override ExampleKind Kind => ExampleKind.Classification;

    /// <inheritdoc/>
    public override ValueList<Message> Conversation => Prompt;
}
