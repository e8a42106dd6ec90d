using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

public sealed class ChatTemplateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chat-template-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_NoTemplate_IsNull()
    {
        Write("tokenizer_config.json", """{"bos_token": "<s>", "chat_template": null}""");

        Assert.Null(ChatTemplate.Load(folder));
        File.Delete(Path.Combine(folder, "tokenizer_config.json"));
        Assert.Null(ChatTemplate.Load(folder));
    }

    [Fact]
    public void Load_TemplateInConfig_FindsTokensInBothForms()
    {
        Write("tokenizer_config.json", """
            {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null, "add_bos_token": true,
             "chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ unk_token }}{{ pad_token is defined }}{{ extra_token }}",
             "extra_special_tokens": {"extra_token": "<x>"}}
            """);
        Write("special_tokens_map.json", """{"unk_token": {"content": "<unk>"}, "eos_token": "hidden"}""");

        var template = ChatTemplate.Load(folder)!;

        Assert.Equal("<s>hi</s><unk>False<x>", template.Render([new ChatMessage("user", "hi")], addGenerationPrompt: false));
        Assert.Equal("tokenizer_config.json", template.Name);
    }

    [Fact]
    public void Load_JinjaFile_ComesFirst()
    {
        Write("tokenizer_config.json", """{"chat_template": "from the config", "bos_token": "<s>"}""");
        Write("chat_template.jinja", "{{ bos_token }} from the file\n");

        var template = ChatTemplate.Load(folder)!;

        Assert.Equal("<s> from the file", template.Render([], addGenerationPrompt: false));
        Assert.Equal("chat_template.jinja", template.Name);
    }

    [Fact]
    public void Load_SeveralTemplates_TakesTheDefault()
    {
        Write("tokenizer_config.json", """{"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]}""");

        Assert.Equal("plain", ChatTemplate.Load(folder)!.Render([], addGenerationPrompt: false));
    }

    [Theory]
    [InlineData("""{"chat_template": [{"name": "tool_use", "template": "tools"}]}""")]
    [InlineData("""{"chat_template": [1]}""")]
    [InlineData("""{"chat_template": 5}""")]
    [InlineData("""{"chat_template": "{% if %}"}""")]
    [InlineData("""{"chat_template": """)]
    [InlineData("[]")]
    public void Load_BrokenConfig_Throws(string config)
    {
        Write("tokenizer_config.json", config);

        var error = Assert.Throws<ModelFileException>(() => ChatTemplate.Load(folder));

        Assert.Contains("tokenizer_config.json", error.Message);
    }

    [Theory]
    [InlineData("a\n  {{ 1 + }}", "line 2, column 10")]
    [InlineData("a\n\n{% for x in y %}\n", "line 3, column 17:")]
    [InlineData("{{ 'a' }}{{ messages[0].content.nope() }}", "line 1")]
    [InlineData("one\r\ntwo {{ none + 1 }}", "line 2, column 13")]
    [InlineData("{% include 'x' %}", "the tag 'include'")]
    [InlineData("{{ x | nope }}", "no filter named 'nope'")]
    [InlineData("{{ messages.append(1) }}", "'append' would change a list")]
    public void Render_BrokenTemplate_SaysWhatAndWhere(string source, string expected)
    {
        var error = Assert.Throws<ModelFileException>(
            () => ChatTemplate.Parse(source, "broken.jinja").Render([new ChatMessage("user", "hi")], addGenerationPrompt: false));

        Assert.StartsWith("The chat template 'broken.jinja' fails in line ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Render_TemplateRefuses_SaysItsReason()
    {
        var template = ChatTemplate.Parse("{{ raise_exception('Roles must alternate') }}", "strict");

        var refusal = Assert.Throws<TemplateRefusalException>(() => template.Render([], addGenerationPrompt: false));

        Assert.Equal("Roles must alternate", refusal.Reason);
        Assert.Equal("The chat template 'strict' refuses this conversation: Roles must alternate", refusal.Message);
    }

    [Fact]
    public void Render_Variables_TakeAnyJsonShape()
    {
        var variables = new Dictionary<string, object?>
        {
            ["a"] = 1,
            ["b"] = new[] { "x", "y" },
            ["c"] = new Dictionary<string, object?> { ["d"] = 1.5f, ["e"] = null },
            ["f"] = System.Text.Json.Nodes.JsonNode.Parse("""{"g": [1, 1.0, true, 18446744073709551616]}"""),
        };

        var text = ChatTemplate.Parse("{{ a + 1 }} {{ b | join }} {{ c | tojson }} {{ f | tojson }} {{ tools is none }}{{ add_generation_prompt }}", "t")
            .Render([], addGenerationPrompt: true, variables);

        Assert.Equal("""2 xy {"d": 1.5, "e": null} {"g": [1, 1.0, true, 18446744073709551616]} TrueTrue""", text);
    }

    [Fact]
    public void Render_VariableOfUnknownKind_IsTheCallersMistake()
    {
        var template = ChatTemplate.Parse("", "t");

        Assert.Throws<ArgumentException>(() => template.Render([], false, new Dictionary<string, object?> { ["x"] = new object() }));
    }

    [Fact]
    public void RenderWithSpans_Generation_MarksAssistantText()
    {
        var template = ChatTemplate.Parse("""
            {% for m in messages %}
            {% if m.role == 'assistant' %}
            A: {% generation %}{{ m.content }}</s>{% endgeneration %}

            {% else %}
            U: {{ m.content }}
            {% endif %}
            {% endfor %}
            """, "spans");

        var chat = template.RenderWithSpans([new("user", "😀?"), new("assistant", "😀!"), new("user", "more"), new("assistant", "")]);

        Assert.Equal("U: 😀?\nA: 😀!</s>\nU: more\nA: </s>\n", chat.Text);
        Assert.Equal(["😀!</s>", "</s>"], chat.AssistantSpans.Select(span => chat.Text.Substring(span.Start, span.Length)));
    }

    [Theory]
    [InlineData("{% macro m() %}{% generation %}a{% endgeneration %}{% endmacro %}{{ m() }}")]
    [InlineData("{% set x %}{% generation %}a{% endgeneration %}{% endset %}{{ x }}")]
    public void RenderWithSpans_GenerationInCapturedText_Throws(string source)
    {
        var template = ChatTemplate.Parse(source, "captured");

        Assert.Equal("a", template.Render([], addGenerationPrompt: false));
        Assert.Throws<ModelFileException>(() => template.RenderWithSpans([]));
    }

    [Fact]
    public void Render_FromSeveralThreads_GivesTheSame()
    {
        var template = TemplateFixtures.Style("qwen3-thinking");
        var messages = TemplateFixtures.Messages(TemplateFixtures.Conversations[3]);
        var expected = template.Render(messages, addGenerationPrompt: true);

        Parallel.For(0, 200, _ => Assert.Equal(expected, template.Render(messages, addGenerationPrompt: true)));
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(folder, file), text);
}
