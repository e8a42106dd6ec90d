using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>One kind of run: its name in run.json, its options, and how it is done. Making one touches no torch; running it does.</summary>
public sealed class TrainerKind
{
    private readonly Action<JsonObject> bind;

    internal TrainerKind(string name, string description, Type optionsType, Action<JsonObject> bind, Action<RunSpec, RunFolder> check, Func<RunSession, bool> run) =>
        (Name, Description, OptionsType, this.bind, Check, Run) = (name, description, optionsType, bind, check, run);

    /// <summary>The <c>kind</c> of run.json.</summary>
    public string Name { get; }

    /// <summary>One sentence for forms and help.</summary>
    public string Description { get; }

    /// <summary>Its option record, whose annotations are validation, help and form.</summary>
    public Type OptionsType { get; }

    /// <summary>What is wrong with options, a sentence each; null when nothing is.</summary>
    public string? FindFault(JsonObject options)
    {
        try
        {
            bind(options);
            return null;
        }
        catch (InvalidInputException error)
        {
            return error.Message;
        }
    }

    /// <summary>Throws when the options of a run are not right.</summary>
    internal Action<RunSpec, RunFolder> Check { get; }

    /// <summary>Does it; false when the hub stopped it.</summary>
    internal Func<RunSession, bool> Run { get; }
}

/// <summary>Every kind of training run.</summary>
public static class TrainerKinds
{
    /// <summary>All kinds, in the order in which help lists them.</summary>
    public static IReadOnlyList<TrainerKind> All { get; } =
    [
        Kind<SftOptions>("pretrain", "Teaches a model language from plain text, from random weights where it has none.", SupervisedRuns.Pretrain),
        Kind<SftOptions>("sft", "Teaches a model to write what people wrote.", SupervisedRuns.Sft),
        Kind<RewardOptions>("reward", "Teaches a model to score replies as people preferred them.", SupervisedRuns.Reward),
        Kind<ClassifyOptions>("classify", "Teaches a model to tell which class a text belongs to.", SupervisedRuns.Classify),
        Kind<DpoOptions>("dpo", "Teaches a model to write what people prefer, straight from comparisons.", SupervisedRuns.Dpo),
        Kind<PpoOptions>("ppo", "Teaches a model to write what a reward model scores highly, without straying far.", PpoRuns.Ppo),
        Kind<EvaluateOptions>("evaluate", "Measures a model on data that it has not learned from.", Evaluate.Run),
    ];

    /// <summary>The kind of that name, or null.</summary>
    public static TrainerKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    private static TrainerKind Kind<TOptions>(string name, string description, Func<RunSession, TOptions, bool> run) where TOptions : class =>
        new(name, description, typeof(TOptions), options => RunOptions.Bind<TOptions>(options, "The options"), (spec, folder) => spec.BindOptions<TOptions>(folder), session => run(session, session.Spec.BindOptions<TOptions>(session.Folder)));
}
