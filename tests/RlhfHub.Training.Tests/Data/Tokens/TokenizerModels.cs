using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Data.Tokens;

/// <summary>Small tokenizers and templates for tests of the data side.</summary>
internal static class TokenizerModels
{
    /// <summary>ChatML that marks the assistant's words and their end.</summary>
    public const string MarkedTemplate =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}{{ '\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    public static ChatTemplate Marked { get; } = ChatTemplate.Parse(MarkedTemplate, "marked");

    public static ChatTemplate Unmarked { get; } = ChatTemplate.Parse(File.ReadAllText(Repository.Fixture("templates", "styles", "chatml.jinja")), "chatml");

    /// <summary>A byte-level tokenizer that puts &lt;s&gt; before a text; &lt;/s&gt; ends one.</summary>
    public static Tokenizer Trained { get; } = Tokenizer.Load(Repository.Fixture("tokenizers", "small", "trained"));

    /// <summary>A fixture's tokenizer with other special tokens.</summary>
    public static Tokenizer With(string name, string? eos, string? pad)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Repository.Fixture("tokenizers", "small", name, "tokenizer.json"), folder["tokenizer.json"]);
        File.WriteAllText(folder["tokenizer_config.json"], new JsonObject { ["eos_token"] = eos, ["pad_token"] = pad }.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }
}
