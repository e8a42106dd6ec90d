namespace RlhfHub.Worker.Tests.Verbs;

public sealed class GenerateVerbTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Generate_TwiceWithOneSeed_GivesTheSameText()
    {
        var first = Generate("--prompt", "Once", "--seed", "5", "--max-new-tokens", "12", "--json");
        var second = Generate("--prompt", "Once", "--seed", "5", "--max-new-tokens", "12", "--json");
        var other = Generate("--prompt", "Once", "--seed", "6", "--max-new-tokens", "12", "--json");

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(first.Output, second.Output);
        Assert.NotEqual(first.Output, other.Output);
    }

    [Fact]
    public void Generate_FileOfPrompts_GivesTheirTextsInOrderEachAsAlone()
    {
        var file = model.Write("prompts.jsonl", """
            {"prompt": "One two three four", "seed": 1}

            {"messages": [{"role": "user", "content": "Hello"}], "seed": 2}
            {"prompt": [{"role": "user", "content": "Hello"}], "seed": 2}
            {"prompt": "x", "seed": 3}
            """);

        var results = Generate("--prompts", file, "--max-new-tokens", "9", "--json", "--batch-size", "2").Json;

        Assert.Equal([0, 1, 2, 3], results.Select(result => result.GetProperty("index").GetInt32()));
        Assert.Equal(results[1].GetProperty("tokens").ToString(), results[2].GetProperty("tokens").ToString());
        var alone = Generate("--prompt", "x", "--seed", "3", "--max-new-tokens", "9", "--json").Json.Single();
        Assert.Equal(alone.GetProperty("text").GetString(), results[3].GetProperty("text").GetString());
    }

    [Fact]
    public void Generate_OnePrompt_StreamsWhatJsonGivesWhole()
    {
        var whole = Generate("--prompt", "Once", "--max-new-tokens", "20", "--ignore-end", "--json").Json.Single().GetProperty("text").GetString();

        var streamed = Generate("--prompt", "Once", "--max-new-tokens", "20", "--ignore-end");

        Assert.Equal(whole + "\n", streamed.Output);
        Assert.Contains("20 tokens in", streamed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_StopText_EndsBeforeIt()
    {
        var text = Generate("--prompt", "Once", "--greedy", "--max-new-tokens", "20", "--ignore-end", "--json").Json.Single().GetProperty("text").GetString()!;
        var stop = text[(text.Length / 2)..(text.Length / 2 + 2)];

        var stopped = Generate("--prompt", "Once", "--greedy", "--max-new-tokens", "20", "--ignore-end", "--stop", stop, "--json").Json.Single();

        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], stopped.GetProperty("text").GetString());
        Assert.Equal("StopText", stopped.GetProperty("finishReason").GetString());
    }

    [Fact]
    public void Generate_AsChat_UsesTheModelsOwnNotation()
    {
        var file = model.Write("chat.jsonl", """{"messages": [{"role": "user", "content": "Hello"}]}""");

        var asChat = Generate("--prompt", "Hello", "--chat", "--greedy", "--max-new-tokens", "5", "--json").Json.Single();
        var asMessages = Generate("--prompts", file, "--greedy", "--max-new-tokens", "5", "--json").Json.Single();

        Assert.Equal(asMessages.GetProperty("tokens").ToString(), asChat.GetProperty("tokens").ToString());
    }

    [Theory]
    [InlineData("{\"prompt\": 3}", "line 1: 'prompt' is no text.")]
    [InlineData("{\"prompt\": \"a\"}\n{\"text\": \"b\"}", "line 2: 'prompt' is missing; expected a text.")]
    [InlineData("{\"prompt\": \"a\"", "line 1: not valid JSON")]
    [InlineData("[1]", "line 1: expected a JSON object")]
    [InlineData("{\"messages\": []}", "line 1: expected a list of messages")]
    [InlineData("{\"messages\": [{\"content\": \"a\"}]}", "line 1, message 1: 'role' is missing")]
    [InlineData("{\"prompt\": \"a\", \"seed\": \"b\"}", "line 1: 'seed' is no whole number.")]
    [InlineData("{\"prompt\": \"\\ud800\"}", "line 1: not valid JSON")]
    public void Generate_BadPromptFile_NamesTheLine(string content, string message) => Generate("--prompts", model.Write("bad.jsonl", content)).AssertRefused(1, message);

    [Fact]
    public void Generate_PromptThatBeginsWithAt_IsAPrompt() => Assert.Equal(0, Generate("--prompt", "@everyone", "--max-new-tokens", "1").ExitCode);

    [Fact]
    public void Generate_PromptTooLong_NamesPromptAndContext() =>
        Generate("--prompt", string.Concat(Enumerable.Repeat("one two ", 200))).AssertRefused(1, "the model's context is 128");

    [Theory]
    [InlineData(1, "Top-p", "--prompt", "a", "--top-p", "1.5")]
    [InlineData(1, "Temperature", "--prompt", "a", "--temperature", "-1")]
    [InlineData(1, "New tokens", "--prompt", "a", "--max-new-tokens", "0")]
    [InlineData(1, "--batch-size is 0", "--prompt", "a", "--batch-size", "0")]
    [InlineData(1, "expected auto, cpu, cuda or cuda:N", "--prompt", "a", "--device", "tpu")]
    [InlineData(1, "was not found", "--prompts", "/none.jsonl")]
    [InlineData(2, "either --prompt or --prompts")]
    [InlineData(2, "either --prompt or --prompts", "--prompt", "a", "--prompts", "b")]
    [InlineData(2, "argument missing for option: '--prompt'", "--prompt")]
    [InlineData(2, "'--prompt' expects a single argument", "--prompt", "a", "--prompt", "b")]
    [InlineData(2, "'bfloat16'", "--prompt", "a", "--dtype", "int8")]
    [InlineData(2, "--temperature is '0,7'; expected a number such as 1.0.", "--prompt", "a", "--temperature", "0,7")]
    [InlineData(2, "argument missing for option: '--temperature'", "--prompt", "a", "--temperature")]
    [InlineData(2, "--frobnicate", "--prompt", "a", "--frobnicate")]
    [InlineData(2, "abc", "--prompt", "a", "--top-k", "abc")]
    public void Generate_BadOption_SaysWhatWouldBeRight(int exitCode, string message, params string[] args) => Generate(args).AssertRefused(exitCode, message);

    private Verb Generate(params string[] args) => Verb.Run(["generate", "--model", model.Folder, .. args]);
}
