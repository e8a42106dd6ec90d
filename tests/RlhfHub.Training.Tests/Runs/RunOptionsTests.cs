using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class RunOptionsTests
{
    [Fact]
    public void Bind_EveryType_FillsTheRecord()
    {
        var options = Bind("""
            {"learning_rate":2e-5,"max_steps":10,"tokens":5000000000,"packing":true,"lr_scheduler_type":"cosine_with_min_lr","target_modules":["q_proj","v_proj"],
             "warmup_ratio":null,"beta1":0.9,"note":null,"lora":{"r":4},"extra":{"a":[1]}}
            """);

        Assert.Equal((2e-5, 10, 5_000_000_000, true), (options.LearningRate, options.MaxSteps, options.Tokens, options.Packing));
        Assert.Equal(Schedule.CosineWithMinimum, options.LrSchedulerType);
        Assert.Equal(["q_proj", "v_proj"], options.TargetModules);
        Assert.Equal(4, options.Lora.Rank);
        Assert.Equal("""{"a":[1]}""", options.Extra.ToJsonString());
    }

    [Fact]
    public void Bind_TextWhereAListOfTextsIsExpected_IsAListOfOne()
    {
        var options = Bind("""{"max_steps":1,"target_modules":"all-linear"}""");

        Assert.Equal(["all-linear"], options.TargetModules);
    }

    [Fact]
    public void Bind_NothingGiven_KeepsTheDefaults()
    {
        var options = Bind("""{"max_steps":1}""");

        Assert.Equal(1e-4, options.LearningRate);
        Assert.Equal(8, options.Lora.Rank);
    }

    [Theory]
    [InlineData("""{"max_steps":1,"learning_rat":1}""", "'options.learning_rat' is unknown; did you mean 'learning_rate'?")]
    [InlineData("""{"max_steps":1,"is_small":true}""", "'options.is_small' is unknown; expected one of learning_rate, max_steps, tokens, packing, lr_scheduler_type, target_modules, sizes, warmup_ratio, max_grad_norm, episodes, beta1, loss_type, note, lora, extra.")]
    [InlineData("""{}""", "'options.max_steps' is missing; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":0}""", "'options.max_steps' is 0; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":2.5}""", "'options.max_steps' is 2.5; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":5000000000}""", "'options.max_steps' is 5000000000; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":"1"}""", "'options.max_steps' is \"1\"; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":null}""", "'options.max_steps' is null; expected a whole number of at least 1.")]
    [InlineData("""{"max_steps":1,"learning_rate":1e400}""", "'options.learning_rate' is 1e400; expected a number above 0 and of at most 1.")]
    [InlineData("""{"max_steps":1,"learning_rate":0}""", "'options.learning_rate' is 0; expected a number above 0 and of at most 1.")]
    [InlineData("""{"max_steps":1,"learning_rate":"NaN"}""", "'options.learning_rate' is \"NaN\"; expected a number above 0 and of at most 1.")]
    [InlineData("""{"max_steps":1,"episodes":5000000000}""", "'options.episodes' is 5000000000; expected a whole number from 0 to 2147483647.")]
    [InlineData("""{"max_steps":1,"packing":1}""", "'options.packing' is 1; expected true or false.")]
    [InlineData("""{"max_steps":1,"lr_scheduler_type":"cosin"}""", "'options.lr_scheduler_type' is \"cosin\"; expected one of linear, cosine_with_min_lr.")]
    [InlineData("""{"max_steps":1,"lr_scheduler_type":1}""", "'options.lr_scheduler_type' is 1; expected one of linear, cosine_with_min_lr.")]
    [InlineData("""{"max_steps":1,"target_modules":5}""", "'options.target_modules' is 5; expected a list.")]
    [InlineData("""{"max_steps":1,"sizes":"all"}""", "'options.sizes' is \"all\"; expected a list.")]
    [InlineData("""{"max_steps":1,"target_modules":["a",null]}""", "'options.target_modules[1]' is null; expected a text.")]
    [InlineData("""{"max_steps":1,"loss_type":"nil"}""", "'options.loss_type' is \"nil\"; expected one of \"nll\", \"dft\".")]
    [InlineData("""{"max_steps":1,"lora":{"r":2000}}""", "'options.lora.r' is 2000; expected a whole number from 1 to 1024.")]
    [InlineData("""{"max_steps":1,"lora":null}""", "'options.lora' is null; expected an object.")]
    [InlineData("""{"max_steps":1,"note":"abcdef"}""", "'options.note' is \"abcdef\": The field options.note must be a string with a maximum length of 5.")]
    [InlineData("""{"max_steps":1,"warmup_ratio":0.5,"beta1":0.4}""", "'options': 'warmup_ratio' above 'beta1' makes no sense.")]
    public void Bind_SomethingWrong_SaysWhatAndWhatWouldBeRight(string json, string expected)
    {
        var error = Assert.Throws<InvalidInputException>(() => Bind(json));

        Assert.Equal("run.json: " + expected, error.Message);
    }

    [Fact]
    public void Bind_ManyThingsWrong_SaysAllAtOnce()
    {
        var error = Assert.Throws<InvalidInputException>(() => Bind("""{"packing":"yes","learning_rate":5,"lora":{"rank":1,"r":0},"tokens":{}}"""));

        Assert.Equal(
            [
                "run.json: 'options.packing' is \"yes\"; expected true or false.",
                "run.json: 'options.learning_rate' is 5; expected a number above 0 and of at most 1.",
                "run.json: 'options.lora.rank' is unknown; expected one of r.",
                "run.json: 'options.lora.r' is 0; expected a whole number from 1 to 1024.",
                "run.json: 'options.tokens' is {}; expected a whole number.",
                "run.json: 'options.max_steps' is missing; expected a whole number of at least 1.",
            ],
            error.Message.Split('\n'));
    }

    [Fact]
    public void ToJson_ThenBind_IsTheSame()
    {
        var options = new SampleOptions { MaxSteps = 3, LearningRate = 0.1 + 0.2, WarmupRatio = 0.1, MaxGradNorm = null, LrSchedulerType = Schedule.CosineWithMinimum };

        var json = RunOptions.ToJson(options);
        var bound = RunOptions.Bind<SampleOptions>(json, "run.json");

        Assert.False(json.ContainsKey("is_small"));
        Assert.Equal(options with { TargetModules = bound.TargetModules, Sizes = bound.Sizes, Extra = bound.Extra }, bound);
    }

    private static SampleOptions Bind(string json) => RunOptions.Bind<SampleOptions>((JsonObject)JsonNode.Parse(json)!, "run.json", "options");

    private enum Schedule
    {
        Linear,
        [JsonStringEnumMemberName("cosine_with_min_lr")]
        CosineWithMinimum,
    }

    private sealed record SampleOptions : IValidatableObject
    {
        [Range(0.0, 1.0, MinimumIsExclusive = true)]
        public double LearningRate { get; init; } = 1e-4;

        [Range(1, int.MaxValue)]
        public required int MaxSteps { get; init; }

        public long Tokens { get; init; }

        public bool Packing { get; init; }

        public Schedule LrSchedulerType { get; init; }

        public IReadOnlyList<string> TargetModules { get; init; } = [];

        public IReadOnlyList<int> Sizes { get; init; } = [];

        public double? WarmupRatio { get; init; }

        public double? MaxGradNorm { get; init; } = 1;

        [Range(0, int.MaxValue)]
        public long Episodes { get; init; }

        public double Beta1 { get; init; } = 0.9;

        [AllowedValues("nll", "dft")]
        public string LossType { get; init; } = "nll";

        [StringLength(5)]
        public string? Note { get; init; }

        public LoraPart Lora { get; init; } = new();

        public JsonObject Extra { get; init; } = [];

        public bool IsSmall => MaxSteps < 10;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            WarmupRatio > Beta1 ? [new ValidationResult("'warmup_ratio' above 'beta1' makes no sense.")] : [];
    }

    private sealed record LoraPart
    {
        [JsonPropertyName("r"), Range(1, 1024)]
        public int Rank { get; init; } = 8;
    }
}
