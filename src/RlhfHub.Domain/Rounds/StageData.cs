using System.Text.Json.Nodes;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Rounds;

/// <summary>What a kind of run learns from: which examples of a snapshot, in which file format.</summary>
internal sealed record StageData(string Kind, string Needs, IReadOnlyList<ExampleKind> Examples)
{
    /// <summary>Fewer than this teach nothing, and no figure measured on them means anything.</summary>
    public const int LeastExamples = 8;

    private static readonly StageData[] All =
    [
        new("sft", "demonstrations", [ExampleKind.Demonstration]),
        new("reward", "comparisons or rankings", [ExampleKind.Preference, ExampleKind.Ranking]),
        new("dpo", "comparisons or rankings", [ExampleKind.Preference, ExampleKind.Ranking]),
        new("classify", "classifications", [ExampleKind.Classification]),
        new("ppo", "prompts", []),
    ];

    /// <summary>Whether the prompts of the project are what it learns on, rather than judgments.</summary>
    public bool IsPrompts => Examples.Count == 0;

    public static IReadOnlyList<string> Kinds { get; } = [.. All.Select(data => data.Kind)];

    public static StageData? Find(string kind) => Array.Find(All, data => data.Kind == kind);

    /// <summary>The format of its files. Pairs carry margins, which rankings have none of: where there are both, rankings become pairs.</summary>
    public DatasetFormat Format(bool hasPairs) => Kind switch
    {
        "sft" => PromptCompletion.Conversational,
        "reward" => hasPairs ? Preference.Conversational : Ranking.Conversational,
        "dpo" => Preference.Conversational,
        "classify" => Classification.Format,
        "ppo" => PromptOnly.Conversational,
        _ => throw new InvalidOperationException($"A run of kind '{Kind}' has no data of a round."),
    };

    /// <summary>The examples of its files that a snapshot's example becomes.</summary>
    public IEnumerable<Example> Of(Example example, DatasetFormat format) =>
        !Examples.Contains(example.Kind) ? []
        : example is RankingExample ranking && !format.Kinds.Contains(ExampleKind.Ranking) ? ranking.ToPairs()
        : [example];

    /// <summary>A stage's options with what the project says where the plan says nothing.</summary>
    public static JsonObject OptionsOf(StagePlan stage, ProjectSettings settings)
    {
        var options = stage.Options.DeepClone().AsObject();
        if (stage.Kind == "classify" && !options.ContainsKey("labels")) options["labels"] = new JsonArray([.. settings.Classification.Labels.Select(label => (JsonNode)label.Name)]);
        return options;
    }

    /// <summary>The role of a split in run.json; null for one that no run may see.</summary>
    public string? RoleOf(Split split) => split switch
    {
        Split.Train => IsPrompts ? "prompts" : "train",
        Split.Validation => "validation",
        _ => null,
    };
}

/// <summary>How much a stage has to learn from.</summary>
/// <param name="Train">Examples to learn from.</param>
/// <param name="Prompts">Different prompts among them.</param>
/// <param name="Validation">Examples to measure on.</param>
public sealed record StageCounts(int Train, int Prompts, int Validation);

/// <summary>A file of frozen data that was written for a run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is for: train, validation or prompts.</param>
public sealed record StageFile(string Name, string Role);
