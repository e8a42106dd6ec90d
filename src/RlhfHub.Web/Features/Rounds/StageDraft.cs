using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>A stage as somebody writes it: what stands in its fields, right or wrong.</summary>
public sealed partial class StageDraft(string kind)
{
    private readonly Dictionary<string, string> texts = [];   // only of fields that were touched; the others have their default

    public string Kind { get; } = kind;

    public IReadOnlyList<OptionField> Fields { get; } = OptionForm.Of(kind);

    /// <summary>The version to start from; null for the usual one.</summary>
    public Guid? FromVersionId { get; set; }

    /// <summary>For ppo: the reward model; null for the usual one.</summary>
    public Guid? RewardVersionId { get; set; }

    /// <summary>What is wrong with fields, one sentence each, by their names.</summary>
    public IReadOnlyDictionary<string, string> Faults =>
        Fields.Select(option => (option.Name, Fault: option.Read(TextOf(option), out _))).Where(option => option.Fault is not null).ToDictionary(option => option.Name, option => option.Fault!);

    /// <summary>The stage of a plan as a draft.</summary>
    public static StageDraft Of(StagePlan plan)
    {
        StageDraft draft = new(plan.Kind) { FromVersionId = plan.FromVersionId, RewardVersionId = plan.RewardVersionId };
        foreach (var field in draft.Fields)
            if (TryFind(plan, field, out var value)) draft.texts[field.Name] = field.Show(value);
        return draft;
    }

    /// <summary>What stands in a field.</summary>
    public string TextOf(OptionField field) => texts.TryGetValue(field.Name, out var text) ? text : field.Show(field.Default);

    public void Set(string name, string text) => texts[name] = text;

    /// <summary>Gives a field its default again.</summary>
    public void Reset(string name) => texts.Remove(name);

    /// <summary>Whether a field means anything, the others being as they are: a method's own options only where it is the method.</summary>
    public bool IsShown(OptionField field) => field.Group is null or "stage" || Fields.FirstOrDefault(other => other.Name == "peft_method") is not { } method || TextOf(method) == field.Group;

    /// <summary>The plan of it: what differs from the defaults. Fields that are wrong are left out.</summary>
    public StagePlan ToPlan()
    {
        JsonObject options = [];
        var plan = new StagePlan { Kind = Kind, FromVersionId = FromVersionId, RewardVersionId = RewardVersionId };
        foreach (var field in Fields)
        {
            if (field.Read(TextOf(field), out var value) is not null || JsonNode.DeepEquals(value, field.Default)) continue;
            plan = field.Name switch
            {
                OptionForm.StagePrefix + "seed" => plan with { Seed = (int)(long)value! },
                OptionForm.StagePrefix + "device" => plan with { Device = (string)value! },
                OptionForm.StagePrefix + "d_type" => plan with { DType = (string)value! },
                _ => plan,
            };
            if (field.Group == "stage" || !IsShown(field)) continue;
            if (field.Group is not { } group) options[field.Name] = value;
            else (options[group] as JsonObject ?? (JsonObject)(options[group] = new JsonObject()))[field.Name[(group.Length + 1)..]] = value;
        }
        return plan with { Options = options };
    }

    /// <summary>A refusal of the whole stage, told apart: sentences that name a field stand at it, under its name; the rest under an empty name.</summary>
    public IReadOnlyDictionary<string, string> Place(string? refusal)
    {
        Dictionary<string, string> placed = [];
        foreach (var line in (refusal ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var sentence = line.StartsWith(OptionsPrefix, StringComparison.Ordinal) ? line[OptionsPrefix.Length..] : line;
            var name = Quoted().Match(sentence) is { Success: true } match && Fields.Any(field => field.Name == match.Groups[1].Value) ? match.Groups[1].Value : "";
            placed[name] = placed.TryGetValue(name, out var before) ? $"{before} {sentence}" : sentence;
        }
        return placed;
    }

    /// <summary>What a plan says of a field.</summary>
    internal static bool TryFind(StagePlan plan, OptionField field, out JsonNode? value)
    {
        value = field.Name switch
        {
            OptionForm.StagePrefix + "seed" => plan.Seed.ToString(CultureInfo.InvariantCulture),
            OptionForm.StagePrefix + "device" => plan.Device,
            OptionForm.StagePrefix + "d_type" => plan.DType,
            _ => null,
        };
        if (value is not null) return true;
        var (holder, name) = field.Group is { } group ? (plan.Options[group] as JsonObject, field.Name[(group.Length + 1)..]) : (plan.Options, field.Name);
        return holder is not null && holder.TryGetPropertyValue(name, out value);
    }

    private const string OptionsPrefix = "The options: ";

    [GeneratedRegex("'([a-z0-9_.]+)'")]
    private static partial Regex Quoted();
}
