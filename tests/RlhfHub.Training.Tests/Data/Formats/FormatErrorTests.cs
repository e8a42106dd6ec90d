using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class FormatErrorTests : IDisposable
{
    private readonly DataFiles files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("{}", "'text' and 'messages' are missing; expected one of the two.")]
    [InlineData("""{"text": "a", "messages": []}""", "both 'text' and 'messages' are there; expected one of the two.")]
    [InlineData("""{"text": ""}""", "'text' is empty; expected a text or a list of messages.")]
    [InlineData("""{"text": 5}""", "'text' is neither a text nor a list of messages; expected one of the two.")]
    [InlineData("""{"text": [{"role": "assistant", "content": "a"}]}""", "'text' is no text.")]
    [InlineData("""{"messages": "a"}""", "'messages' is no list of messages.")]
    [InlineData("""{"messages": []}""", "'messages' is empty; expected a text or a list of messages.")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}]}""", "'messages' has no assistant turn with content; expected at least one message with role 'assistant'.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": ""}]}""", "'messages' has no assistant turn with content; expected at least one message with role 'assistant'.")]
    [InlineData("""{"messages": [{"content": "a"}]}""", "'messages', message 1: 'role' is missing; expected system, user, assistant or another the model knows.", ", ")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant"}]}""", "'messages', message 2: 'content' is missing; expected a text.", ", ")]
    public void LanguageModeling_BadLine_SaysWhat(string line, string message, string separator = ": ") =>
        Assert.Equal($"data.jsonl line 1{separator}{message}", files.Refusal(LanguageModeling.Format, line));

    [Theory]
    [InlineData("""{"prompt": "a"}""", "'completion' is missing; expected a text or a list of messages.")]
    [InlineData("""{"completion": "a"}""", "'prompt' is missing; expected a text or a list of messages.")]
    [InlineData("""{"prompt": "a", "completion": ""}""", "'completion' is empty; expected a text or a list of messages.")]
    [InlineData("""{"prompt": [{"role": "user", "content": "a"}], "completion": "b"}""", "'completion' is a text but 'prompt' is a list of messages; expected both as texts or both as lists of messages.")]
    [InlineData("""{"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "user", "content": "b"}]}""", "'completion' has no assistant turn with content; expected at least one message with role 'assistant'.")]
    public void PromptCompletion_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(PromptCompletion.Format, line));

    [Theory]
    [InlineData("""{"prompt": "a", "chosen": "b"}""", "'rejected' is missing; expected a text or a list of messages.")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "b"}""", "'chosen' and 'rejected' are the same; expected two replies that differ.")]
    [InlineData("""{"chosen": "b", "rejected": "b"}""", "'chosen' and 'rejected' are the same; expected two replies that differ.")]
    [InlineData("""{"chosen": "abc", "rejected": "xbc"}""", "'chosen' and 'rejected' begin differently, so that no prompt is shared; expected both to begin with it, or a 'prompt' of its own.")]
    [InlineData("""{"chosen": "abc", "rejected": [{"role": "assistant", "content": "b"}]}""", "'rejected' is a list of messages but 'chosen' is a text; expected both as texts or both as lists of messages.")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "margin": "big"}""", "'margin' is no number; expected one, such as 0.5.")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "margin": 1e999}""", "'margin' is no number; expected one, such as 0.5.")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "preference": 1.25}""", "'preference' is 1.25; expected 0 to 1, the probability that 'chosen' is better.")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "preference": -0.1}""", "'preference' is -0.1; expected 0 to 1, the probability that 'chosen' is better.")]
    [InlineData("""{"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "a"}, {"role": "user", "content": "c"}]}""", "'rejected' has no assistant turn with content; expected at least one message with role 'assistant'.")]
    public void Preference_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(Preference.Format, line));

    [Theory]
    [InlineData("""{"prompt": "a", "completion": "b"}""", "'label' is missing; expected true or false.")]
    [InlineData("""{"prompt": "a", "completion": "b", "label": 1}""", "'label' is neither true nor false; expected one of the two.")]
    public void UnpairedPreference_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(UnpairedPreference.Format, line));

    [Theory]
    [InlineData("""{"text": "a"}""", "'label' is missing; expected rude, polite, or 0 to 1.")]
    [InlineData("""{"text": "a", "label": "kind"}""", "'label' is \"kind\", which is not in the schema; expected rude, polite, or 0 to 1.")]
    [InlineData("""{"text": "a", "label": 2}""", "'label' is 2; expected rude, polite, or 0 to 1.")]
    [InlineData("""{"text": "a", "label": 0.5}""", "'label' is 0.5; expected rude, polite, or 0 to 1.")]
    [InlineData("""{"label": 1}""", "expected exactly one of 'text', 'messages', or 'prompt' with 'completion'.")]
    [InlineData("""{"text": "a", "prompt": "b", "label": 1}""", "expected exactly one of 'text', 'messages', or 'prompt' with 'completion'.")]
    public void Classification_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(Classification.Format, line));

    [Theory]
    [InlineData("""{"prompt": "a", "responses": ["b"], "ranking": [1]}""", "'responses' is no list of at least two replies; expected one.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c", "b"], "ranking": [1, 2, 3]}""", "'responses[2]' repeats 'responses[0]'; expected replies that differ.")]
    [InlineData("""{"prompt": "a", "responses": ["b", ""], "ranking": [1, 2]}""", "'responses[1]' is empty; expected a text or a list of messages.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"]}""", "'ranking' is missing or no list; expected the rank of each reply, 1 for the best.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"], "ranking": [1]}""", "'ranking' has 1 ranks for 2 replies; expected one for each.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"], "ranking": [1, 3]}""", "'ranking[1]' is 3; expected a whole number from 1 to 2.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"], "ranking": [0, 1]}""", "'ranking[0]' is 0; expected a whole number from 1 to 2.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"], "ranking": [1, "2"]}""", "'ranking[1]' is \"2\"; expected a whole number from 1 to 2.")]
    [InlineData("""{"prompt": "a", "responses": ["b", "c"], "ranking": [2, 2]}""", "'ranking' gives no reply rank 1; expected 1 for the best.")]
    public void Ranking_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(Ranking.Format, line));

    [Theory]
    [InlineData("""{"prompt": "a", "seed": 0.5}""", "'seed' is no whole number.")]
    [InlineData("""{"prompt": true}""", "'prompt' is neither a text nor a list of messages; expected one of the two.")]
    [InlineData("""{"messages": "a"}""", "'messages' is no list of messages.")]
    public void PromptOnly_BadLine_SaysWhat(string line, string message) => Assert.Equal($"data.jsonl line 1: {message}", files.Refusal(PromptOnly.Format, line));

    [Fact]
    public void Classification_LabelsThatRepeat_AreRefused() =>
        Assert.Equal("The schema's labels are not distinct or one is empty; expected names that differ.", Assert.Throws<InvalidInputException>(() =>
            Training.Data.DatasetFile.Read("none", Classification.Format, new() { Labels = ["a", "a"] })).Message);
}
