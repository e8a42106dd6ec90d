using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Rounds;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class RoundDraftTests
{
    [Fact]
    public void Usual_IsTheWholeLoop_WithNothingSet()
    {
        var plan = RoundDraft.Usual().ToPlan();

        Assert.Equal(["sft", "reward", "ppo"], plan.Stages.Select(stage => stage.Kind));
        Assert.All(plan.Stages, stage => Assert.Empty(stage.Options));
    }

    [Fact]
    public void Toggle_PutsStagesInTheirOrder()
    {
        var draft = RoundDraft.Usual();

        draft.Toggle("sft", isWanted: false);
        draft.Toggle("classify", isWanted: true);
        draft.Toggle("dpo", isWanted: true);
        draft.Toggle("sft", isWanted: true);
        draft.Toggle("sft", isWanted: true);

        Assert.Equal(["sft", "reward", "ppo", "dpo", "classify"], draft.Stages.Select(stage => stage.Kind));
    }

    [Fact]
    public void Apply_Presets_SetStepsAndLeaveTheRest()
    {
        var draft = RoundDraft.Usual();
        draft.Stages[1].Set("learning_rate", "0.01");
        draft.Stages[2].Set("kl_coef", "0.2");

        draft.Apply(RoundPreset.Quick);
        var quick = draft.ToPlan();
        draft.Apply(RoundPreset.Careful);
        var careful = draft.ToPlan();
        draft.Apply(RoundPreset.Standard);
        var standard = draft.ToPlan();

        Assert.Equal([20, 20, 5], quick.Stages.Select(stage => (int)stage.Options["max_steps"]!));
        Assert.Equal(["num_train_epochs", "learning_rate", "load_best_model_at_end"], careful.Stages[0].Options.Select(option => option.Key).OrderBy(name => name == "learning_rate" ? 1 : name == "num_train_epochs" ? 0 : 2));
        Assert.Equal(1e-5, (double)careful.Stages[0].Options["learning_rate"]!);
        Assert.False(careful.Stages[2].Options.ContainsKey("load_best_model_at_end"));
        Assert.Empty(standard.Stages[0].Options);
        Assert.Equal(0.01, (double)careful.Stages[1].Options["learning_rate"]!);
        Assert.Equal(["learning_rate"], standard.Stages[1].Options.Select(option => option.Key));
        Assert.Equal(["kl_coef"], standard.Stages[2].Options.Select(option => option.Key));
    }

    [Theory]
    [InlineData(RoundPreset.Quick)]
    [InlineData(RoundPreset.Standard)]
    [InlineData(RoundPreset.Careful)]
    public void Apply_EachPreset_GivesOptionsThatTheTrainersTake(RoundPreset preset)
    {
        var draft = RoundDraft.Usual();
        foreach (var kind in RoundDraft.Kinds) draft.Toggle(kind, isWanted: true);

        draft.Apply(preset);

        Assert.All(draft.ToPlan().Stages, stage =>
        {
            if (stage.Kind == "classify") stage.Options["labels"] = new JsonArray("a", "b");
            Assert.Null(new TrainerCatalogue().FindFault(stage.Kind, stage.Options));
        });
    }

    [Fact]
    public void Of_APlan_GivesThatPlanAgain()
    {
        var plan = new RoundPlan
        {
            Stages =
            [
                new() { Kind = "sft", Seed = 7, Device = "cuda:1", DType = "bfloat16", FromVersionId = Guid.NewGuid(), Options = new() { ["peft_method"] = "lora", ["lora"] = new JsonObject { ["rank"] = 16L }, ["max_length"] = null } },
                new() { Kind = "ppo", RewardVersionId = Guid.NewGuid(), Options = new() { ["kl_coef"] = 0.2 } },
            ],
        };

        var again = RoundDraft.Of(plan).ToPlan();

        Assert.Equal(plan.Stages.Select(stage => stage with { Options = [] }).Select(stage => stage.ToString().Split("Options")[0]), again.Stages.Select(stage => (stage with { Options = [] }).ToString().Split("Options")[0]));
        Assert.Equal((7, "cuda:1", "bfloat16"), (again.Stages[0].Seed, again.Stages[0].Device, again.Stages[0].DType));
        Assert.All(plan.Stages.Zip(again.Stages), pair => Assert.True(JsonNode.DeepEquals(pair.First.Options, pair.Second.Options), pair.Second.Options.ToJsonString()));
    }

    [Fact]
    public void ToPlan_OptionsOfAMethodThatIsNotChosen_AreLeftOut()
    {
        StageDraft stage = new("sft");
        stage.Set("lora.rank", "16");

        Assert.Empty(stage.ToPlan().Options);
        stage.Set("peft_method", "lora");

        Assert.Equal("""{"peft_method":"lora","lora":{"rank":16}}""", stage.ToPlan().Options.ToJsonString());
    }

    [Fact]
    public void ToPlan_WrongFields_AreLeftOutAndTold()
    {
        StageDraft stage = new("sft");
        stage.Set("learning_rate", "fast");

        Assert.Equal("learning_rate", Assert.Single(stage.Faults).Key);
        Assert.Empty(stage.ToPlan().Options);
    }

    [Fact]
    public void Place_SentencesThatNameAField_StandAtIt()
    {
        var placed = new StageDraft("sft").Place("The options: 'early_stopping_patience' needs 'load_best_model_at_end'.\nThere are too few demonstrations to train 'sft': 3, of at least 8.");

        Assert.Equal("'early_stopping_patience' needs 'load_best_model_at_end'.", placed["early_stopping_patience"]);
        Assert.StartsWith("There are too few", placed[""], StringComparison.Ordinal);
        Assert.Empty(new StageDraft("sft").Place(null));
    }

    [Fact]
    public void Between_TellsWhatDiffersAndNothingElse()
    {
        var before = new RoundPlan { Stages = [new() { Kind = "sft", Options = new() { ["learning_rate"] = 2e-5, ["max_steps"] = 20L } }, new() { Kind = "dpo" }] };
        var now = new RoundPlan { Stages = [new() { Kind = "sft", Options = new() { ["max_steps"] = 40L } }, new() { Kind = "reward" }] };

        var differences = PlanDifference.Between(before, now);

        Assert.Equal([new("sft", "Steps", "20", "40"), new("reward", null, null, ""), new("dpo", null, "", null)], differences);   // 2e-5 is the default, written out
        Assert.Empty(PlanDifference.Between(now, now));
    }
}
