using System.Text.RegularExpressions;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;

namespace RlhfHub.Training.Peft;

/// <summary>Which linear layers a method adapts, by PEFT's rules.</summary>
internal static partial class TargetModules
{
    /// <summary>Every linear layer but the head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>What PEFT's config says when no layer is adapted and only whole modules are trained.</summary>
    public const string None = "dummy-target-modules";

    /// <summary>The layers that a list of names selects: each matches a whole name or its end after a dot.</summary>
    /// <param name="model">The model.</param>
    /// <param name="targets">Names such as <c>q_proj</c>, or <c>all-linear</c> alone; empty for the family's usual ones.</param>
    /// <exception cref="InvalidInputException">A name matches nothing.</exception>
    public static IReadOnlyList<(string Name, Linear Layer)> Select(LanguageModel model, IReadOnlyList<string> targets)
    {
        var wanted = targets.Count == 0 ? model.Config.Family.DefaultLoraTargets : targets;
        var all = CheckpointMap.Linears(model).Where(item => item.Layer != model.Head).ToArray();
        if (wanted is [AllLinear]) return all;
        foreach (var target in wanted)
            if (!all.Any(item => IsMatch(item.Name, target)))
                throw new InvalidInputException($"The target module '{target}' matches no layer of this model; it has {string.Join(", ", Kinds(all))}, or {AllLinear} for all of them.");
        return [.. all.Where(item => wanted.Any(target => IsMatch(item.Name, target)))];
    }

    private static bool IsMatch(string name, string target) => name == target || name.EndsWith("." + target, StringComparison.Ordinal);

    private static IEnumerable<string> Kinds(IEnumerable<(string Name, Linear Layer)> layers) =>
        layers.Select(item => LayerNumber().Split(item.Name)[^1]).Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct();

    [GeneratedRegex(@"\.\d+\.")]
    private static partial Regex LayerNumber();
}
