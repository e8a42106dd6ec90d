using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Data.Tokens;

public sealed class ExampleTokenizerTests
{
    private const string Chat = """{"messages": [{"role": "user", "content": "Hello there"}, {"role": "assistant", "content": "Good day"}, {"role": "user", "content": "More"}, {"role": "assistant", "content": "No"}]}""";
    private const string ChatPair = """{"prompt": [{"role": "user", "content": "Hello there"}], "completion": [{"role": "assistant", "content": "Good day"}]}""";

    private static readonly Tokenizer Trained = TokenizerModels.Trained;

    [Theory]
    [InlineData("A little story.", "<s>A little story.</s>")]
    [InlineData("A little story.</s>", "<s>A little story.</s>")]
    [InlineData("A little story.</s>\n", "<s>A little story.</s>\n</s>")]
    public void Encode_Text_EndsOnce(string text, string expected)
    {
        var sequence = Encoder().Encode(DataFiles.One(LanguageModeling.Format, $$"""{"text": "{{text.Replace("\n", "\\n")}}"}"""))!;

        Assert.Equal(expected, Trained.Decode(sequence.Ids, skipSpecialTokens: false));
        Assert.All(sequence.LossMask, Assert.True);
    }

    [Fact]
    public void Encode_TokenizerThatEndsByItself_GetsNoSecondEnd()
    {
        var tokenizer = TokenizerModels.With("roberta-style", "</s>", "<pad>");
        var sequence = new ExampleTokenizer(tokenizer, null, new()).Encode(DataFiles.One(PromptCompletion.Format, """{"prompt": "One", "completion": " two"}"""))!;

        Assert.Equal(1, sequence.Ids.Count(id => id == tokenizer.EosId));
        Assert.Equal(tokenizer.EosId, sequence.Ids[^1]);
        Assert.True(sequence.LossMask[^1]);
        Assert.Equal(" two", Learned(sequence, tokenizer, skipSpecialTokens: true));
    }

    [Fact]
    public void Encode_TokenizerWithoutEnd_SaysSo()
    {
        var error = Assert.Throws<InvalidInputException>(() => new ExampleTokenizer(TokenizerModels.With("gpt2-style", null, null), null, new()).Encode(DataFiles.One(LanguageModeling.Format, """{"text": "a"}""")));

        Assert.EndsWith("line 1: The model's tokenizer has no end-of-text token; expected 'eos_token' in tokenizer_config.json, one of its own tokens.", error.Message);
    }

    [Theory]
    [InlineData(null, " Two</s>")]
    [InlineData(true, " Two</s>")]
    [InlineData(false, "<s>One Two</s>")]
    public void Encode_Completion_IsLearnedAloneUnlessAskedOtherwise(bool? completionOnly, string learned)
    {
        var sequence = Encoder(new() { CompletionOnlyLoss = completionOnly }).Encode(DataFiles.One(PromptCompletion.Format, """{"prompt": "One", "completion": " Two"}"""))!;

        Assert.Equal("<s>One Two</s>", Trained.Decode(sequence.Ids, skipSpecialTokens: false));
        Assert.Equal(learned, Learned(sequence));
    }

    [Fact]
    public void Encode_PadIsEnd_TheEndIsStillLearned()
    {
        var tokenizer = TokenizerModels.With("gpt2-style", "<|endoftext|>", "<|endoftext|>");
        Assert.Equal(tokenizer.EosId, tokenizer.PadId);
        var encoder = new ExampleTokenizer(tokenizer, null, new());
        TokenSequence[] rows = [.. new[] { "One", "One and another one" }.Select(text => encoder.Encode(DataFiles.One(LanguageModeling.Format, $$"""{"text": "{{text}}"}"""))!)];

        var batch = TokenBatch.Of(rows, Padding.IdOf(tokenizer));

        var end = rows[0].Ids.Length - 1;
        Assert.Equal((tokenizer.EosId!.Value, tokenizer.EosId!.Value), (batch.Ids[0, end], batch.Labels[0, end]));
        Assert.Equal((tokenizer.EosId!.Value, TokenBatch.Ignored), (batch.Ids[0, end + 1], batch.Labels[0, end + 1]));
        Assert.Equal(rows.Sum(row => row.Ids.Length), batch.LabelCount);
    }

    [Fact]
    public void Encode_Conversation_EqualsItsRenderingAsText()
    {
        var row = DataFiles.One(PromptCompletion.Format, ChatPair);
        var messages = row.Prompt.Then(row.Completion).Messages!;

        var chat = Encoder().Encode(row)!;

        Assert.Equal(Trained.Encode(TokenizerModels.Marked.Render(messages, addGenerationPrompt: false), addSpecialTokens: false), chat.Ids);
        Assert.Equal("Good day<|im_end|>\n", Learned(chat));
        Assert.Equal(TokenizerModels.Marked.Render(row.Prompt.Messages!, addGenerationPrompt: true), Trained.Decode(chat.Ids[..chat.PromptLength], skipSpecialTokens: false));
    }

    [Fact]
    public void Encode_ConversationInEveryFormat_IsTheSame()
    {
        const string Prompt = """[{"role": "user", "content": "Hello there"}]""";
        const string Good = """{"role": "assistant", "content": "Good day"}""";
        const string Bad = """{"role": "assistant", "content": "Go away"}""";
        var encoder = Encoder();
        var expected = encoder.Encode(DataFiles.One(PromptCompletion.Format, ChatPair))!;

        var explicitPair = encoder.Encode(DataFiles.One(Preference.Format, $$"""{"prompt": {{Prompt}}, "chosen": [{{Good}}], "rejected": [{{Bad}}]}"""))!;
        var implicitPair = encoder.Encode(DataFiles.One(Preference.Format, $$"""{"chosen": [{{Prompt[1..^1]}}, {{Good}}], "rejected": [{{Prompt[1..^1]}}, {{Bad}}]}"""))!;
        var verdict = encoder.Encode(DataFiles.One(UnpairedPreference.Format, $$"""{"prompt": {{Prompt}}, "completion": [{{Good}}], "label": true}"""))!;
        var ranking = encoder.Encode(DataFiles.One(Ranking.Format, $$"""{"prompt": {{Prompt}}, "responses": ["Go away", "Good day"], "ranking": [2, 1]}"""))!;
        var classified = encoder.Encode(DataFiles.One(Classification.Format, $$"""{"messages": [{{Prompt[1..^1]}}, {{Good}}], "label": 1}"""))!;

        foreach (var sequence in new[] { explicitPair.Chosen, implicitPair.Chosen, verdict.Sequence, ranking.Sequences[1] })
        {
            Assert.Equal(expected.Ids, sequence.Ids);
            Assert.Equal(expected.LossMask, sequence.LossMask);
        }
        Assert.Equal(expected.Ids, classified.Sequence.Ids);
        Assert.Equal(explicitPair.Rejected.Ids, ranking.Sequences[0].Ids);
    }

    [Fact]
    public void Encode_ImplicitPromptOfText_GivesTheTokensOfTheWhole()
    {
        var pair = Encoder().Encode(DataFiles.One(Preference.Format, """{"chosen": "The sky is blue", "rejected": "The sky is green"}"""))!;

        Assert.Equal(Trained.Encode("The sky is blue</s>"), pair.Chosen.Ids);
        Assert.Equal(" blue</s>", Learned(pair.Chosen));
        Assert.Equal(" green</s>", Learned(pair.Rejected));
    }

    [Fact]
    public void Encode_AssistantOnly_LearnsWhatTheTemplateMarks()
    {
        var encoder = Encoder(new() { AssistantOnlyLoss = true });

        Assert.Equal("Good day<|im_end|>No<|im_end|>", Learned(encoder.Encode(DataFiles.One(LanguageModeling.Format, Chat))!));
        Assert.Equal("Good day<|im_end|>", Learned(encoder.Encode(DataFiles.One(PromptCompletion.Format, ChatPair))!));
    }

    [Fact]
    public void Encode_AssistantOnlyWithoutCompletionOnly_LearnsEarlierTurnsToo()
    {
        const string Row = """{"prompt": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "First"}, {"role": "user", "content": "b"}], "completion": [{"role": "assistant", "content": "Second"}]}""";

        Assert.Equal("First<|im_end|>Second<|im_end|>", Learned(Encoder(new() { AssistantOnlyLoss = true, CompletionOnlyLoss = false }).Encode(DataFiles.One(PromptCompletion.Format, Row))!));
        Assert.Equal("Second<|im_end|>", Learned(Encoder(new() { AssistantOnlyLoss = true }).Encode(DataFiles.One(PromptCompletion.Format, Row))!));
    }

    [Fact]
    public void Encode_AssistantOnlyImpossible_SaysWhy()
    {
        var options = new TokenizationOptions { AssistantOnlyLoss = true };

        Assert.Equal("The chat template 'chatml' does not mark what the assistant says; expected {% generation %} … {% endgeneration %} around it, or the loss on whole conversations.",
            Refusal(new(Trained, TokenizerModels.Unmarked, options), encoder => encoder.Encode(DataFiles.One(LanguageModeling.Format, Chat))));
        Assert.Equal("The loss is wanted on the assistant's turns only, but this is a text; expected a conversation.",
            Refusal(Encoder(options), encoder => encoder.Encode(DataFiles.One(LanguageModeling.Format, """{"text": "a"}"""))));
        Assert.Equal("The loss is wanted on completions only, but there are none; expected 'prompt' and 'completion'.",
            Refusal(Encoder(new() { CompletionOnlyLoss = true }), encoder => encoder.Encode(DataFiles.One(LanguageModeling.Format, Chat))));
    }

    [Fact]
    public void Encode_ConversationThatTheTemplateCannotWrite_SaysWhy()
    {
        var moving = ChatTemplate.Parse("{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}", "moving");
        var refusing = ChatTemplate.Parse("{{ raise_exception('no users, please') }}", "refusing");
        var failing = ChatTemplate.Parse("{{ messages[0].content + 1 }}", "failing");
        var row = DataFiles.One(PromptCompletion.Format, ChatPair);

        Assert.StartsWith("The chat template 'failing' fails in line 1, column ", Refusal(new(Trained, failing, new()), encoder => encoder.Encode(row)));
        Assert.Equal("The chat template 'moving' writes the prompt otherwise when a reply follows it (they part at character 1); expected a template that only adds to it.", Refusal(new(Trained, moving, new()), encoder => encoder.Encode(row)));
        Assert.Equal("The chat template 'refusing' refuses this conversation: no users, please", Refusal(new(Trained, refusing, new()), encoder => encoder.Encode(row)));
        Assert.Equal("The model has no chat template; expected chat_template.jinja or 'chat_template' in tokenizer_config.json.", Refusal(new(Trained, null, new()), encoder => encoder.Encode(row)));
    }

    [Fact]
    public void Encode_Prompt_EndsWhereTheModelAnswers()
    {
        var text = Encoder().Encode(DataFiles.One(PromptOnly.Format, """{"prompt": "Once", "seed": 5}"""));
        var chat = Encoder().Encode(DataFiles.One(PromptOnly.Format, """{"prompt": [{"role": "user", "content": "Hi"}]}"""));

        Assert.Equal(("<s>Once", 5), (Trained.Decode(text.Ids, skipSpecialTokens: false), text.Seed));
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", Trained.Decode(chat.Ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Encode_PromptOverTheLimit_SaysBothNumbers()
    {
        var row = DataFiles.One(PromptOnly.Format, """{"prompt": "Once"}""");
        var length = Trained.Encode("Once").Length;

        Assert.Equal(length, Encoder(new() { MaxPromptLength = length }).Encode(row).Ids.Length);
        Assert.Equal($"'prompt' has {length} tokens; expected {length - 1} at most, so that the longest reply fits behind it.", Refusal(Encoder(new() { MaxPromptLength = length - 1 }), encoder => encoder.Encode(row)));
    }

    private static ExampleTokenizer Encoder(TokenizationOptions? options = null) => new(Trained, TokenizerModels.Marked, options ?? new());

    private static string Learned(TokenSequence sequence) => Learned(sequence, Trained, skipSpecialTokens: false);

    private static string Learned(TokenSequence sequence, Tokenizer tokenizer, bool skipSpecialTokens) =>
        tokenizer.Decode(sequence.Ids.Where((_, i) => sequence.LossMask[i]), skipSpecialTokens);

    private static string Refusal(ExampleTokenizer encoder, Func<ExampleTokenizer, object?> encode)
    {
        var message = Assert.Throws<InvalidInputException>(() => encode(encoder)).Message;
        Assert.Contains("data.jsonl line 1: ", message);
        return message[(message.IndexOf("line 1: ", StringComparison.Ordinal) + 8)..];
    }
}
