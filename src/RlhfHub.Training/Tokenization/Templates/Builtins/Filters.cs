using System.Collections.Frozen;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>What <c>value | name(arguments)</c> runs.</summary>
internal delegate object? Filter(TemplateRun run, object? value, Arguments arguments);

/// <summary>The filters by name. https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters</summary>
internal static class Filters
{
    public static FrozenDictionary<string, Filter> All { get; } =
        ValueFilters.All.Concat(TextFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).ToFrozenDictionary();

    public static object? Apply(string name, TemplateRun run, object? value, Arguments arguments)
    {
        if (!All.TryGetValue(name, out var filter))
            throw new TemplateFault($"there is no filter named '{name}'");

        run.Budget.Call();
        var result = filter(run, value, arguments);
        arguments.RequireAllTaken();
        return result;
    }
}
