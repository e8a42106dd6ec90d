using System.Globalization;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>The <c>attribute</c> argument of filters: <c>'function.name'</c>, <c>'0'</c>, <c>1</c>; empty for the item itself.</summary>
internal sealed class AttributePath(IReadOnlyList<object> parts)
{
    public static AttributePath Take(Arguments arguments) => Of(arguments.Take("attribute", null));

    /// <summary>Several paths with commas between: <c>'age,name'</c>.</summary>
    public static IReadOnlyList<AttributePath> TakeSeveral(Arguments arguments) => arguments.Take("attribute", null) switch
    {
        string text => [.. text.Split(',').Select(part => Of(part))],
        var other => [Of(other)],
    };

    public static AttributePath Of(object? attribute) => attribute switch
    {
        null => new AttributePath([]),
        string text => new AttributePath([.. text.Split('.').Select(Part)]),
        long index => new AttributePath([index]),
        _ => throw new TemplateFault("the argument 'attribute' must be a string or a whole number"),
    };

    public object? Get(object? item, Budget budget)
    {
        foreach (var part in parts)
        {
            budget.Step();
            item = Access.Index(item, part, budget);
        }

        return item;
    }

    private static object Part(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : text;
}
