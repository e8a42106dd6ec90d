using System.Text.Json;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>Every style and every conversation comes out as jinja2 writes it, set up as transformers sets it up.</summary>
public sealed class ChatTemplateGoldenTests
{
    private static readonly JsonElement Golden = TemplateFixtures.ReadJson("golden.json");

    public static TheoryData<string> Styles() => [.. TemplateFixtures.Styles()];

    [Fact]
    public void Fixtures_AreManyEnough()
    {
        Assert.True(TemplateFixtures.Conversations.GetArrayLength() >= 40);
        Assert.True(TemplateFixtures.Styles().Count() >= 8);
        Assert.Equal(TemplateFixtures.Conversations.GetArrayLength() * TemplateFixtures.Styles().Count() * 2, Golden.EnumerateObject().Count());
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Render_EveryConversation_EqualsGolden(string style)
    {
        var template = TemplateFixtures.Style(style);

        foreach (var conversation in TemplateFixtures.Conversations.EnumerateArray())
        {
            foreach (var prompt in new[] { false, true })
            {
                var key = $"{style} | {conversation.GetProperty("name").GetString()} | {(prompt ? "prompt" : "whole")}";
                var golden = Golden.GetProperty(key);
                var expected = golden.ValueKind == JsonValueKind.Object && golden.TryGetProperty("text", out var inner) ? inner : golden;
                var isHashed = expected.ValueKind == JsonValueKind.String && expected.GetString()!.StartsWith("sha256:", StringComparison.Ordinal);

                var actual = TemplateFixtures.Outcome(() =>
                {
                    var text = TemplateFixtures.Render(template, conversation, prompt).Text;
                    return isHashed ? TemplateFixtures.Digest(text) : text;
                });

                Assert.True(TemplateFixtures.Canonical(expected) == actual, $"{key}:\nexpected {TemplateFixtures.Canonical(expected)}\nactual   {actual}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void RenderWithSpans_EveryConversation_MarksWhatGenerationBlocksMade(string style)
    {
        var template = TemplateFixtures.Style(style);

        foreach (var conversation in TemplateFixtures.Conversations.EnumerateArray())
        {
            var golden = Golden.GetProperty($"{style} | {conversation.GetProperty("name").GetString()} | whole");
            if (golden.ValueKind != JsonValueKind.Object || golden.TryGetProperty("error", out _) || golden.TryGetProperty("refusal", out _))
                continue;

            var chat = TemplateFixtures.Render(template, conversation, prompt: false);

            Assert.Equal(
                golden.GetProperty("generated").EnumerateArray().Select(block => block.GetString()),
                chat.AssistantSpans.Select(span => chat.Text.Substring(span.Start, span.Length)));
        }
    }
}
