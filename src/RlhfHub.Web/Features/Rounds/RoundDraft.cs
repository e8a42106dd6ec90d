using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>How much a round takes.</summary>
public enum RoundPreset
{
    /// <summary>A few steps of each stage: does it run at all?</summary>
    Quick,

    /// <summary>What the trainers do by themselves.</summary>
    Standard,

    /// <summary>More passes in smaller steps, ending with the weights that validated best.</summary>
    Careful,
}

/// <summary>A round as somebody writes it.</summary>
public sealed class RoundDraft
{
    /// <summary>The kinds of stage a round can have, in the order in which they make sense.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["sft", "reward", "ppo", "dpo", "classify"];

    private const int QuickSteps = 20;
    private const int QuickPpoSteps = 5;
    private const int CarefulEpochs = 6;
    private static readonly string[] SetByPresets = ["max_steps", "num_train_epochs", "load_best_model_at_end", "logging_steps", "save_steps"];

    private readonly List<StageDraft> stages;

    private RoundDraft(IEnumerable<StageDraft> stages) => this.stages = [.. stages];

    public IReadOnlyList<StageDraft> Stages => stages;

    /// <summary>Which judgments are frozen for it.</summary>
    public SnapshotRules Data { get; set; } = new();

    /// <summary>What people are asked to compare while it trains and when it is done.</summary>
    public RoundPlan Comparisons { get; set; } = new() { Stages = [] };

    /// <summary>The whole loop once.</summary>
    public static RoundDraft Usual() => new([new StageDraft("sft"), new StageDraft("reward"), new StageDraft("ppo")]);

    /// <summary>A plan again, to be changed.</summary>
    public static RoundDraft Of(RoundPlan plan) => new(plan.Stages.Select(StageDraft.Of)) { Data = plan.Data, Comparisons = plan with { Stages = [] } };

    public bool Has(string kind) => stages.Exists(stage => stage.Kind == kind);

    /// <summary>Puts a stage in at its usual place, or takes it out.</summary>
    public void Toggle(string kind, bool isWanted)
    {
        if (!isWanted) stages.RemoveAll(stage => stage.Kind == kind);
        else if (!Has(kind)) stages.Insert(stages.FindIndex(stage => Place(stage.Kind) > Place(kind)) is var at and >= 0 ? at : stages.Count, new StageDraft(kind));
    }

    /// <summary>Gives all stages the steps of a preset; what else was written stays.</summary>
    public void Apply(RoundPreset preset)
    {
        foreach (var stage in stages)
        {
            foreach (var name in SetByPresets) stage.Reset(name);
            foreach (var (name, text) in Settings(preset, stage)) stage.Set(name, text);
            // A rate that somebody wrote is theirs.
            var rate = stage.Fields.First(field => field.Name == "learning_rate");
            var halved = OptionField.Number((double)rate.Default! / 2);
            if (stage.TextOf(rate) != rate.Show(rate.Default) && stage.TextOf(rate) != halved) continue;
            if (preset == RoundPreset.Careful) stage.Set(rate.Name, halved);
            else stage.Reset(rate.Name);
        }
    }

    public RoundPlan ToPlan() => Comparisons with { Stages = [.. stages.Select(stage => stage.ToPlan())], Data = Data };

    private static IEnumerable<(string Name, string Text)> Settings(RoundPreset preset, StageDraft stage)
    {
        if (preset == RoundPreset.Quick)
        {
            yield return ("max_steps", $"{(stage.Kind == "ppo" ? QuickPpoSteps : QuickSteps)}");
            yield return ("logging_steps", "1");
            if (stage.Kind == "ppo") yield return ("save_steps", "1");   // each checkpoint reaches the raters
        }
        if (preset != RoundPreset.Careful) yield break;
        yield return ("num_train_epochs", $"{CarefulEpochs}");
        if (stage.Kind != "ppo") yield return ("load_best_model_at_end", "true");   // PPO measures on nothing
    }

    private static int Place(string kind) => Kinds.Index().First(entry => entry.Item == kind).Index;
}
