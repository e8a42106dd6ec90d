using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Simulation.Starter;

/// <summary>How the starter model writes text down: its special tokens and its chat template.</summary>
internal static class StarterText
{
    public const string Pad = "<|pad|>";
    public const string End = "<|end|>";

    /// <summary>Each turn is its role's token, its text, and the end token. What the assistant says is marked, so that it alone can be learned.</summary>
    public const string ChatTemplate = """
        {%- for message in messages -%}
        {%- if message['role'] == 'assistant' -%}
        {{ '<|assistant|>' }}{% generation %}{{ message['content'] }}{{ '<|end|>' }}{% endgeneration %}
        {%- elif message['role'] in ['system', 'user'] -%}
        {{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}
        {%- else -%}
        {{ raise_exception('The role ' + message['role'] + ' is unknown; expected system, user or assistant.') }}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{ '<|assistant|>' }}
        {%- endif -%}
        """;

    public static BpeTrainerOptions Vocabulary(StarterOptions options) => new()
    {
        VocabularySize = options.VocabularySize,
        SpecialTokens = [Pad, End, "<|system|>", "<|user|>", "<|assistant|>"],
        EosToken = End,
        PadToken = Pad,
        MaxLength = options.ContextLength,
    };
}
