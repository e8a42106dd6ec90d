using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;

namespace RlhfHub.Worker.Tests.Verbs;

/// <summary>What a newcomer gets wrong, given to the worker as a run: each gets one sentence with the file, the line, the field and what would be right.</summary>
public sealed class BadInputTests(TinyModel model) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>The kind of run, the third line of its data, and what is said after file and line.</summary>
    public static TheoryData<string, string, string> BadLines => new()
    {
        { "sft", """{"prompt": "a", "completion": }""", "not valid JSON at byte 31: '}' is an invalid start of a value; expected one whole JSON object." },
        { "sft", """["prompt", "a"]""", "expected a JSON object, such as {\"prompt\": \"…\"}." },
        { "sft", """{"prompt": "a"}""", "'completion' is missing; expected a text or a list of messages." },
        { "sft", """{"completion": "a"}""", "'prompt' is missing; expected a text or a list of messages." },
        { "sft", """{"prompt": "a", "completion": ""}""", "'completion' is empty; expected a text or a list of messages." },
        { "pretrain", """{"texts": "a"}""", "'text' and 'messages' are missing; expected one of the two." },
        { "pretrain", """{"text": ""}""", "'text' is empty; expected a text or a list of messages." },
        { "reward", """{"prompt": "a", "chosen": "b"}""", "'rejected' is missing; expected a text or a list of messages." },
        { "reward", """{"prompt": "a", "chosen": "b", "rejected": "b"}""", "'chosen' and 'rejected' are the same; expected two replies that differ." },
        { "dpo", """{"prompt": "a", "chosen": "b", "rejected": "b"}""", "'chosen' and 'rejected' are the same; expected two replies that differ." },
        { "ranking", """{"prompt": "a", "responses": ["b", "c", "b"], "ranking": [1, 2, 3]}""", "'responses[2]' repeats 'responses[0]'; expected replies that differ." },
        { "classify", """{"text": "a", "label": "kind"}""", "'label' is \"kind\", which is not in the schema; expected even, odd, or 0 to 1." },
        { "ppo", """{"question": "a"}""", "'prompt' is missing; expected a text or a list of messages." },
        { "ppo", """{"prompt": ""}""", "'prompt' is empty; expected a text or a list of messages." },
        { "ppo", $$"""{"prompt": "{{new string('1', 76)}}"}""", "'prompt' has 76 tokens; expected 75 at most, so that the longest reply fits behind it." },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(BadLines))]
    public void Train_BadLine_SaysWhereAndWhatWouldBeRight(string kind, string line, string message)
    {
        var run = Make(kind, [], [Good(kind, 0), Good(kind, 1), line]);

        AssertRefused(run, $"{Path.Combine(run, "data", $"{Role(kind)}.jsonl")} line 3: {message}");
    }

    [Theory]
    [InlineData("sft", "learning_rate", "50", "is 50; expected a number from 0 to 10.")]
    [InlineData("sft", "per_device_train_batch_size", "0", "is 0; expected a whole number from 1 to 65536.")]
    [InlineData("sft", "lr_scheduler_type", "\"cosin\"", "is \"cosin\"; expected one of constant, linear, cosine.")]
    [InlineData("ppo", "temperature", "0", "is 0; expected a number from 0.01 to 100.")]
    [InlineData("ppo", "response_length", "128", "is 128; the model's context is 128, of which the prompt needs some.")]
    public void Train_OptionOutOfRange_SaysItsRange(string kind, string option, string value, string message)
    {
        var run = Make(kind, new() { [option] = JsonNode.Parse(value) });

        AssertRefused(run, $"{Path.Combine(run, "run.json")}: 'options.{option}' {message}");
    }

    [Fact]
    public void Train_PromptsThatFillTheLimit_NamesTheFirst()
    {
        var run = Make("sft", new() { ["max_length"] = 3 });

        AssertRefused(run, $"{Path.Combine(run, "data", "train.jsonl")} line 1: too long to leave anything to learn within the length limit, as are all 20 examples of the file; expected shorter ones, or a higher 'max_length'.");
    }

    [Fact]
    public void Train_NoBaseModel_SaysWhereItWasLookedFor()
    {
        var run = Make("sft", [], baseModel: "../none");

        AssertRefused(run, $"{Path.Combine(run, "run.json")}: 'baseModel' is \"../none\", but there is no folder {folder["none"]}; expected one with config.json, model.safetensors and tokenizer.json.");
        Assert.False(File.Exists(Path.Combine(run, "events.jsonl")));
    }

    [Fact]
    public void Train_BaseModelWithoutConfig_SaysWhatIsMissing()
    {
        Directory.CreateDirectory(folder["empty"]);
        var run = Make("sft", [], baseModel: "../empty");

        AssertRefused(run, $"{folder["empty", "config.json"]} was not found; a model folder in Hugging Face format holds config.json, model.safetensors and tokenizer.json.");
    }

    [Fact]
    public void Train_NoAdapter_SaysWhereItWasLookedFor()
    {
        var run = Make("sft", [], adapter: "../none");

        AssertRefused(run, $"{Path.Combine(run, "run.json")}: 'adapter' is \"../none\", but there is no folder {folder["none"]}; expected one with adapter_config.json and adapter_model.safetensors.");
    }

    [Fact]
    public void Train_NoRewardModelGiven_NamesTheOption()
    {
        var run = Make("ppo", new() { ["reward_model_path"] = null });

        AssertRefused(run, $"{Path.Combine(run, "run.json")}: 'options': 'reward_model_path' is missing; expected the folder of a reward model.");
    }

    [Theory]
    [InlineData("ppo", "reward_model_path")]
    [InlineData("ppo", "held_out_reward_model_path")]
    [InlineData("evaluate", "reward_model_path")]
    [InlineData("evaluate", "compare_with")]
    public void Train_NoModelWhereAnOptionSays_NamesTheOption(string kind, string option)
    {
        var run = Make(kind, new() { [option] = "../none" });

        AssertRefused(run, $"{Path.Combine(run, "run.json")}: 'options.{option}' is \"../none\", but there is no folder {folder["none"]}; expected one with the files of a model or of an adapter.");
        Assert.False(File.Exists(Path.Combine(run, "events.jsonl")));
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("reward")]
    public void Train_ValidationPromptInTraining_NamesBothPlaces(string kind)
    {
        var run = Make(kind, [], validation: [Good(kind, 40), Good(kind, 7)]);

        AssertRefused(run, $"1 of the 2 validation prompts (1 row) are also in the training data, first {Path.Combine(run, "data", "validation.jsonl")} line 2 and {Path.Combine(run, "data", "train.jsonl")} line 8; expected no prompt in both.");
    }

    [Fact]
    public void Train_TextsWithoutPrompts_MayRepeat()
    {
        var run = Make("pretrain", [], validation: [Good("pretrain", 7)]);

        Assert.Equal(0, Verb.Run("train", "--run", run).ExitCode);
    }

    private static void AssertRefused(string run, string message)
    {
        var result = Verb.Run("train", "--run", run);

        Assert.Equal($"{message}\n", result.Error);
        Assert.Equal(1, result.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(run, "output")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(run, "checkpoints")));
    }

    private static string Role(string kind) => kind == "ppo" ? "prompts" : "train";

    private static string Good(string kind, int i) => kind switch
    {
        "pretrain" => $$"""{"text": "The number {{i}}."}""",
        "sft" => $$"""{"prompt": "What is {{i}}?", "completion": " It is {{i}}."}""",
        "classify" => $$"""{"text": "Yes {{i}}", "label": "even"}""",
        "ranking" => $$"""{"prompt": "What is {{i}}?", "responses": [" It is {{i}}.", " No."], "ranking": [1, 2]}""",
        "ppo" => $$"""{"prompt": "What is {{i}}?"}""",
        _ => $$"""{"prompt": "What is {{i}}?", "chosen": " It is {{i}}.", "rejected": " No."}""",
    };

    private string Make(string kind, JsonObject options, string[]? lines = null, string[]? validation = null, string? baseModel = null, string? adapter = null)
    {
        var run = RunFolder.Create(folder["run"]);
        File.WriteAllLines(Path.Combine(run.DataFolder, $"{Role(kind)}.jsonl"), lines ?? [.. Enumerable.Range(0, 20).Select(i => Good(kind, i))]);
        if (validation is not null) File.WriteAllLines(Path.Combine(run.DataFolder, "validation.jsonl"), validation);
        if (kind == "classify") options["labels"] = new JsonArray("even", "odd");
        if (kind == "ppo") options.TryAdd("reward_model_path", model.Folder);
        if (kind != "evaluate") options["max_steps"] = 1;
        new RunSpec
        {
            Kind = kind == "ranking" ? "reward" : kind,
            BaseModel = baseModel ?? model.Folder,
            Adapter = adapter,
            Options = options,
            Device = "cpu",
            Data = [.. new[] { Role(kind), "validation" }.Where(role => role != "validation" || validation is not null).Select(role => RunDataFile.Describe(run, $"{role}.jsonl", role))],
        }.Write(run);
        return run.Path;
    }
}
