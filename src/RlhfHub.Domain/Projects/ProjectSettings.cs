using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Projects;

/// <summary>How a project asks its raters. The annotations are validation, form and help at once.</summary>
public sealed record ProjectSettings
{
    /// <summary>The kinds of task that the project uses.</summary>
    [MinLength(1), Display(Name = "Kinds of task", Description = "What raters are asked to do.")]
    public IReadOnlyList<TaskKind> Kinds { get; init; } = [TaskKind.Comparison];

    /// <summary>How many people judge each task.</summary>
    [Range(1, 100), Display(Name = "Judgments per task", Description = "How many people answer each task. More than one lets you measure agreement.")]
    public int Overlap { get; init; } = 1;

    /// <summary>How long a task is kept for the rater who opened it, in minutes.</summary>
    [Range(1, 1440), Display(Name = "Lease (minutes)", Description = "How long a task is kept for the rater who opened it. An open page renews it.")]
    public int LeaseMinutes { get; init; } = 30;

    /// <summary>The share of tasks handed out whose answer is known.</summary>
    [Range(0, 0.5), Display(Name = "Known-answer share", Description = "The share of tasks whose answer is known, mixed in silently to measure quality.")]
    public double GoldShare { get; init; }

    /// <summary>The share of tasks handed out that were chosen at random to check the others.</summary>
    [Range(0, 1), Display(Name = "Audit share", Description = "The share of randomly chosen tasks. At least 0.1 while prompts are chosen actively.")]
    public double AuditShare { get; init; } = 0.1;

    /// <summary>Whether prompts are chosen by what a model is unsure of.</summary>
    [Display(Name = "Choose prompts actively", Description = "Prefer prompts that the reward models disagree on.")]
    public bool SelectsActively { get; init; }

    /// <summary>The model that rounds start from, a folder's name among the installed models.</summary>
    [MaxLength(200), Display(Name = "Base model", Description = "The model that the first round starts from.")]
    public string BaseModel { get; init; } = "starter";

    /// <summary>Languages of the prompts, as BCP 47 tags; empty for any.</summary>
    [Display(Name = "Languages", Description = "Language tags like en or pt-BR; empty for any.")]
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Longest conversation of a prompt, in characters.</summary>
    [Range(1, 1_000_000), Display(Name = "Longest prompt (characters)")]
    public int MaxPromptCharacters { get; init; } = 200_000;

    /// <summary>Longest reply, in characters.</summary>
    [Range(1, 1_000_000), Display(Name = "Longest reply (characters)")]
    public int MaxReplyCharacters { get; init; } = 200_000;

    /// <summary>Whether raters see how often they agree with known answers.</summary>
    [Display(Name = "Show raters their agreement", Description = "Raters see how often they agree with known answers.")]
    public bool ShowsGoldAgreement { get; init; }

    /// <summary>How comparisons are asked.</summary>
    public ComparisonSettings Comparison { get; init; } = new();

    /// <summary>How demonstrations are asked.</summary>
    public DemonstrationSettings Demonstration { get; init; } = new();

    /// <summary>How rankings are asked.</summary>
    public RankingSettings Ranking { get; init; } = new();

    /// <summary>How ratings are asked.</summary>
    public RatingSettings Rating { get; init; } = new();

    /// <summary>The labels of classification.</summary>
    public ClassificationSettings Classification { get; init; } = new();

    /// <summary>How chats are held.</summary>
    public ChatSettings Chat { get; init; } = new();
}

/// <summary>Whether raters are asked to say why.</summary>
public enum RationaleRule
{
    /// <summary>Not asked.</summary>
    None,

    /// <summary>Asked, may be left empty.</summary>
    Optional,

    /// <summary>Asked, may not be left empty.</summary>
    Required,
}

/// <summary>How two replies are compared.</summary>
public sealed record ComparisonSettings
{
    /// <summary>How many strengths of preference there are on each side: 1 is "better", 3 is "slightly better" to "much better".</summary>
    [Range(1, 3), Display(Name = "Strengths", Description = "1: better. 2: better, much better. 3: slightly better, better, much better.")]
    public int Strengths { get; init; } = 3;

    /// <summary>Whether a tie can be said.</summary>
    [Display(Name = "Ties allowed")]
    public bool AllowsTie { get; init; } = true;

    /// <summary>Whether both can be called bad.</summary>
    [Display(Name = "Both bad allowed")]
    public bool AllowsBothBad { get; init; } = true;

    /// <summary>Further questions about the same two replies, like "more truthful".</summary>
    [Display(Name = "Aspects", Description = "Further questions, each answered on the same scale.")]
    public IReadOnlyList<string> Aspects { get; init; } = [];

    /// <summary>Whether raters say why.</summary>
    [Display(Name = "Reasons")]
    public RationaleRule Rationale { get; init; }
}

/// <summary>How an ideal reply is written.</summary>
public sealed record DemonstrationSettings
{
    /// <summary>Whether the rater may start from a model's reply.</summary>
    [Display(Name = "Offer a model's draft")]
    public bool OffersDraft { get; init; }

    /// <summary>Shortest reply, in characters.</summary>
    [Range(0, 100_000), Display(Name = "Shortest reply (characters)")]
    public int MinCharacters { get; init; } = 1;
}

/// <summary>How several replies are ordered.</summary>
public sealed record RankingSettings
{
    /// <summary>Whether two replies may share a place.</summary>
    [Display(Name = "Ties allowed")]
    public bool AllowsTies { get; init; } = true;
}

/// <summary>How replies are rated.</summary>
public sealed record RatingSettings
{
    /// <summary>What is rated, each on a Likert scale.</summary>
    public IReadOnlyList<LikertAttribute> Attributes { get; init; } = [new() { Name = "Helpfulness" }, new() { Name = "Harmlessness" }, new() { Name = "Honesty" }];

    /// <summary>Whether raters say why.</summary>
    [Display(Name = "Reasons")]
    public RationaleRule Rationale { get; init; }
}

/// <summary>One row of a rating.</summary>
public sealed record LikertAttribute
{
    /// <summary>What is rated.</summary>
    [Required, MaxLength(60)]
    public required string Name { get; init; }

    /// <summary>What it means here.</summary>
    public string Description { get; init; } = "";

    /// <summary>The scale's number of points; 1 is the lowest.</summary>
    [Range(2, 9)]
    public int Points { get; init; } = 5;
}

/// <summary>The labels that a reply or prompt can be given.</summary>
public sealed record ClassificationSettings
{
    /// <summary>The labels.</summary>
    public IReadOnlyList<ClassLabel> Labels { get; init; } = [];

    /// <summary>Whether several labels may be given.</summary>
    [Display(Name = "Several labels allowed")]
    public bool IsMultiple { get; init; }
}

/// <summary>A label of the project's schema.</summary>
public sealed record ClassLabel
{
    /// <summary>The label.</summary>
    [Required, MaxLength(60)]
    public required string Name { get; init; }

    /// <summary>When it fits.</summary>
    public string Description { get; init; } = "";
}

/// <summary>How chats with the current model are held.</summary>
public sealed record ChatSettings
{
    /// <summary>The most turns of one chat.</summary>
    [Range(1, 100), Display(Name = "Most turns")]
    public int MaxTurns { get; init; } = 20;
}
