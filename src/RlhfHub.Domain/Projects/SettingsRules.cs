using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Projects;

/// <summary>What the annotations of <see cref="ProjectSettings"/> cannot say: rules that concern several of them.</summary>
internal static class SettingsRules
{
    /// <summary>The audit share that a project with active selection has at least: without a random part nobody would see what selection hides.</summary>
    public const double LeastAuditShare = 0.1;

    public static void Check(ProjectSettings settings)
    {
        Dictionary<string, string> errors = [];
        void Fail(string field, string message) => errors.TryAdd("settings." + field, message);

        if (settings.Kinds.Distinct().Count() < settings.Kinds.Count) Fail("kinds", "A kind of task is named twice.");
        if (settings.Kinds.Any(kind => !Enum.IsDefined(kind))) Fail("kinds", "A kind of task is unknown.");
        if (settings.SelectsActively && settings.AuditShare < LeastAuditShare)
            Fail("auditShare", $"The audit share is {settings.AuditShare:0.##}; while prompts are chosen actively it must be at least {LeastAuditShare:0.##}.");
        if (settings.GoldShare + settings.AuditShare > 1) Fail("goldShare", "The shares of known-answer and audit tasks add up to more than 1.");
        if (settings.Kinds.Contains(TaskKind.Classification) && settings.Classification.Labels.Count < 2) Fail("classification.labels", "Classification needs at least two labels.");
        if (settings.Kinds.Contains(TaskKind.Rating) && settings.Rating.Attributes.Count == 0) Fail("rating.attributes", "Rating needs at least one attribute.");
        Unique(settings.Classification.Labels.Select(label => label.Name), "classification.labels", Fail);
        Unique(settings.Rating.Attributes.Select(attribute => attribute.Name), "rating.attributes", Fail);
        Unique(settings.Comparison.Aspects, "comparison.aspects", Fail);
        if (settings.Comparison.Aspects.Any(aspect => aspect.Trim().Length is 0 or > 60)) Fail("comparison.aspects", "An aspect has 1 to 60 characters.");
        foreach (var language in settings.Languages)
            if (language.Length is < 2 or > 35 || language.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '-')) Fail("languages", $"'{language}' is no language tag; expected one like en or pt-BR.");
        InvalidRequestException.ThrowIfAny(errors);
    }

    private static void Unique(IEnumerable<string> names, string field, Action<string, string> fail)
    {
        if (names.GroupBy(name => name.Trim(), StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice) fail(field, $"'{twice.Key}' is there twice.");
    }
}
