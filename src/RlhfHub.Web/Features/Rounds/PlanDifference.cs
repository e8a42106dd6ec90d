using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>One setting in which two plans differ.</summary>
/// <param name="Kind">The stage.</param>
/// <param name="Label">What the setting is called; null where the whole stage is new or gone.</param>
/// <param name="Before">What it was; null for a stage that is new.</param>
/// <param name="Now">What it is; null for a stage that is gone.</param>
public sealed record PlanDifference(string Kind, string? Label, string? Before, string? Now)
{
    /// <summary>All differences of two plans, in the order of the stages. A default and the same value written out are the same.</summary>
    public static IReadOnlyList<PlanDifference> Between(RoundPlan before, RoundPlan now)
    {
        List<PlanDifference> differences = [];
        foreach (var kind in RoundDraft.Kinds)
        {
            var (old, current) = (before.Stages.FirstOrDefault(stage => stage.Kind == kind), now.Stages.FirstOrDefault(stage => stage.Kind == kind));
            if (old is null && current is null) continue;
            if (old is null || current is null)
            {
                differences.Add(new(kind, null, old is null ? null : "", current is null ? null : ""));
                continue;
            }
            foreach (var field in OptionForm.Of(kind))
            {
                var (was, becomes) = (Value(old, field), Value(current, field));
                if (was != becomes) differences.Add(new(kind, field.Label, was, becomes));
            }
            if (old.FromVersionId != current.FromVersionId) differences.Add(new(kind, T("Starts from"), Choice(old.FromVersionId), Choice(current.FromVersionId)));
            if (old.RewardVersionId != current.RewardVersionId) differences.Add(new(kind, T("Reward model"), Choice(old.RewardVersionId), Choice(current.RewardVersionId)));
        }
        return differences;
    }

    /// <summary>What a stage has set otherwise than by default, in words.</summary>
    public static IReadOnlyList<(OptionField Field, string Value)> FromDefaults(StagePlan stage) =>
        [.. OptionForm.Of(stage.Kind).Select(field => (field, Value(stage, field))).Where(entry => entry.Item2 != Shown(entry.field, entry.field.Default))];

    private static string Value(StagePlan stage, OptionField field) => Shown(field, StageDraft.TryFind(stage, field, out var value) ? value : field.Default);

    private static string Shown(OptionField field, JsonNode? value) => field.Show(value) is { Length: > 0 } text ? text : field.NoneWords;

    private static string Choice(Guid? version) => version is null ? T("the usual one") : T("a chosen version");
}
