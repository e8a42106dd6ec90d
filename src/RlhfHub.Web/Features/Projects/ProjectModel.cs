using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Features.Projects;

/// <summary>A project as its form edits it: lists are texts with one entry a line, as in "Harmlessness: does nobody any harm". What the form does not show stays as it was.</summary>
public sealed class ProjectModel
{
    private readonly ProjectSettings before;

    private ProjectModel(string name, string description, ProjectSettings settings)
    {
        before = settings;
        (Name, Description) = (name, description);
        Kinds = [.. settings.Kinds];
        (Overlap, LeaseMinutes) = (settings.Overlap, settings.LeaseMinutes);
        (Languages, MaxPromptCharacters, MaxReplyCharacters) = (string.Join(", ", settings.Languages), settings.MaxPromptCharacters, settings.MaxReplyCharacters);
        (MaxTurns, SelectsActively) = (settings.Chat.MaxTurns, settings.SelectsActively);
        (GoldPercent, AuditPercent, ShowsGoldAgreement) = (settings.GoldShare * 100, settings.AuditShare * 100, settings.ShowsGoldAgreement);
        (Strengths, AllowsTie, AllowsBothBad, Rationale) = (settings.Comparison.Strengths, settings.Comparison.AllowsTie, settings.Comparison.AllowsBothBad, settings.Comparison.Rationale);
        Aspects = string.Join('\n', settings.Comparison.Aspects);
        (OffersDraft, MinCharacters) = (settings.Demonstration.OffersDraft, settings.Demonstration.MinCharacters);
        AllowsRankingTies = settings.Ranking.AllowsTies;
        Attributes = Lines(settings.Rating.Attributes.Select(attribute => (attribute.Name, attribute.Description)));
        Points = settings.Rating.Attributes.Count > 0 ? settings.Rating.Attributes[0].Points : 5;
        RatingRationale = settings.Rating.Rationale;
        Labels = Lines(settings.Classification.Labels.Select(label => (label.Name, label.Description)));
        IsMultiple = settings.Classification.IsMultiple;
    }

    public string Name { get; set; }

    public string Description { get; set; }

    public HashSet<TaskKind> Kinds { get; }

    public int Overlap { get; set; }

    public int LeaseMinutes { get; set; }

    public double GoldPercent { get; set; }

    public double AuditPercent { get; set; }

    public bool ShowsGoldAgreement { get; set; }

    /// <summary>Language tags with commas between them.</summary>
    public string Languages { get; set; }

    public int MaxPromptCharacters { get; set; }

    public int MaxReplyCharacters { get; set; }

    public int MaxTurns { get; set; }

    public bool SelectsActively { get; set; }

    public int Strengths { get; set; }

    public bool AllowsTie { get; set; }

    public bool AllowsBothBad { get; set; }

    public RationaleRule Rationale { get; set; }

    public string Aspects { get; set; }

    public bool OffersDraft { get; set; }

    public int MinCharacters { get; set; }

    public bool AllowsRankingTies { get; set; }

    public string Attributes { get; set; }

    public int Points { get; set; }

    public RationaleRule RatingRationale { get; set; }

    public string Labels { get; set; }

    public bool IsMultiple { get; set; }

    /// <summary>A project that is yet to be made.</summary>
    public static ProjectModel New() => new("", "", new ProjectSettings { Classification = new() { Labels = [new() { Name = "Good" }, new() { Name = "Bad" }] } });

    public static ProjectModel Of(ProjectDetails project) => new(project.Name, project.Description, project.Settings);

    public ProjectDraft ToDraft() => new() { Name = Name, Description = Description, Settings = ToSettings() };

    public ProjectSettings ToSettings() => before with
    {
        Kinds = [.. Kinds.Order()],
        Overlap = Overlap,
        LeaseMinutes = LeaseMinutes,
        GoldShare = GoldPercent / 100,
        AuditShare = AuditPercent / 100,
        ShowsGoldAgreement = ShowsGoldAgreement,
        Languages = [.. Languages.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        MaxPromptCharacters = MaxPromptCharacters,
        MaxReplyCharacters = MaxReplyCharacters,
        Chat = before.Chat with { MaxTurns = MaxTurns },
        SelectsActively = SelectsActively,
        Comparison = new() { Strengths = Strengths, AllowsTie = AllowsTie, AllowsBothBad = AllowsBothBad, Rationale = Rationale, Aspects = [.. Entries(Aspects).Select(entry => entry.Name)] },
        Demonstration = before.Demonstration with { OffersDraft = OffersDraft, MinCharacters = MinCharacters },
        Ranking = before.Ranking with { AllowsTies = AllowsRankingTies },
        Rating = new() { Attributes = [.. Entries(Attributes).Select(ToAttribute)], Rationale = RatingRationale },
        Classification = new() { Labels = [.. Entries(Labels).Select(entry => new ClassLabel { Name = entry.Name, Description = entry.Description })], IsMultiple = IsMultiple },
    };

    // An attribute with a scale of its own keeps it until the common number of points is changed.
    private LikertAttribute ToAttribute((string Name, string Description) entry)
    {
        var earlier = before.Rating.Attributes.FirstOrDefault(attribute => attribute.Name == entry.Name);
        var isUnchanged = before.Rating.Attributes.Count > 0 && before.Rating.Attributes[0].Points == Points;
        return new() { Name = entry.Name, Description = entry.Description, Points = isUnchanged && earlier is not null ? earlier.Points : Points };
    }

    private static string Lines(IEnumerable<(string Name, string Description)> entries) =>
        string.Join('\n', entries.Select(entry => entry.Description.Length == 0 ? entry.Name : $"{entry.Name}: {entry.Description}"));

    private static IEnumerable<(string Name, string Description)> Entries(string text) =>
        from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let colon = line.IndexOf(':')
        select colon < 1 ? (line, "") : (line[..colon].Trim(), line[(colon + 1)..].Trim());
}
