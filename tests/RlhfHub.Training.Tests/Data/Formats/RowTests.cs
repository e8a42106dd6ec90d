using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class RowTests
{
    [Fact]
    public void Preference_MarginAndSoftLabel_AreOptional()
    {
        var plain = DataFiles.One(Preference.Format, """{"prompt": "a", "chosen": "b", "rejected": "c", "margin": null}""");
        var full = DataFiles.One(Preference.Format, """{"prompt": "a", "chosen": "b", "rejected": "c", "margin": -2, "preference": 0.5}""");

        Assert.Equal((null, null), (plain.Margin, plain.SoftLabel));
        Assert.Equal((-2.0, 0.5), (full.Margin, full.SoftLabel));
    }

    [Fact]
    public void Classification_NameAndNumber_AreTheSame()
    {
        Assert.Equal(1, DataFiles.One(Classification.Format, """{"text": "a", "label": "polite"}""").Label);
        Assert.Equal(1, DataFiles.One(Classification.Format, """{"text": "a", "label": 1}""").Label);
        Assert.Equal("ab", DataFiles.One(Classification.Format, """{"prompt": "a", "completion": "b", "label": 0}""").Text.Text);
    }

    [Fact]
    public void Ranking_TextsAfterAConversation_AreTheAssistantsTurns()
    {
        var bare = DataFiles.One(Ranking.Format, """{"prompt": [{"role": "user", "content": "a"}], "responses": ["b", "c"], "ranking": [2, 1]}""");
        var whole = DataFiles.One(Ranking.Format, """{"prompt": [{"role": "user", "content": "a"}], "responses": [[{"role": "assistant", "content": "b"}], [{"role": "assistant", "content": "c"}]], "ranking": [2, 1]}""");

        Assert.Equal(whole.Responses.Select(response => response.Key), bare.Responses.Select(response => response.Key));
    }

    [Fact]
    public void Ranking_Pairs_LeavesTiesOut()
    {
        var row = DataFiles.One(Ranking.Format, """{"prompt": "p", "responses": ["a", "b", "c", "d"], "ranking": [3, 1, 3, 2]}""");

        Assert.Equal([("b", "d"), ("b", "a"), ("b", "c"), ("d", "a"), ("d", "c")], row.Pairs().Select(pair => (pair.Chosen.Text!, pair.Rejected.Text!)));
    }

    [Fact]
    public void PromptKey_OneTurnOfTheUser_IsThatOfItsText()
    {
        var text = DataFiles.One(PromptOnly.Format, """{"prompt": "Hi"}""");
        var chat = DataFiles.One(PromptOnly.Format, """{"prompt": [{"content": "Hi", "role": "user"}]}""");
        var whole = DataFiles.One(LanguageModeling.Format, """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}""");
        var system = DataFiles.One(PromptOnly.Format, """{"prompt": [{"role": "system", "content": "Hi"}]}""");

        Assert.Equal(text.PromptKey, chat.PromptKey);
        Assert.Equal(text.PromptKey, whole.PromptKey);
        Assert.NotEqual(text.PromptKey, system.PromptKey);
    }

    [Fact]
    public void Messages_ToolCallWithoutContent_IsATurn()
    {
        var row = DataFiles.One(LanguageModeling.Format, """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{"name": "f"}]}]}""");

        Assert.Null(row.Text.Messages![1].Content);
        Assert.Contains("tool_calls", row.Text.Messages[1].Fields.Keys);
    }
}
