using System.Globalization;
using System.Text.Json.Nodes;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>How an option is written in a form.</summary>
public enum OptionKind
{
    Whole,
    Number,
    Text,

    /// <summary>Texts with commas between them.</summary>
    Texts,

    Flag,
    Choice,
}

/// <summary>An option of a trainer as a field of a form: what it is called, what it may be, and how its text becomes JSON.</summary>
public sealed record OptionField
{
    /// <summary>Its name under TRL; with a dot where it belongs to options inside options, such as <c>lora.rank</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What its record calls it, in English; forms are made once, for readers of all languages.</summary>
    public required string EnglishLabel { get; init; }

    public required string EnglishHelp { get; init; }

    /// <summary>What it is called, in the reader's language.</summary>
    public string Label => OptionTexts.Of(EnglishLabel);

    public string Help => OptionTexts.Of(EnglishHelp);

    public required OptionKind Kind { get; init; }

    /// <summary>Whether nothing is a value too.</summary>
    public bool IsNullable { get; init; }

    public double? Least { get; init; }

    public double? Most { get; init; }

    /// <summary>What can be chosen; empty where anything can be written.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What holds where nothing is said; null is a value.</summary>
    public required JsonNode? Default { get; init; }

    /// <summary>What nothing is called.</summary>
    public string NoneWords => Name == "peft_method" ? T("all weights") : T("(none)");

    /// <summary>Whether it stands above the fold.</summary>
    public bool IsImportant { get; init; }

    /// <summary>The options that it is one of, such as <c>lora</c>; null for those of the trainer itself.</summary>
    public string? Group => Name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? Name[..dot] : null;

    /// <summary>What stands in the field for a value.</summary>
    public string Show(JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(", ", items.Select(item => item?.ToString())),
        JsonValue number when Kind is OptionKind.Number && number.TryGetValue<double>(out var real) => Number(real),
        _ => value.ToString(),   // a flag is "true" or "false", a text has no quotes
    };

    /// <summary>Reads what stands in the field.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">What it means; null where it is nothing, or wrong.</param>
    /// <returns>What is wrong with it, in a sentence; null when nothing is.</returns>
    public string? Read(string text, out JsonNode? value)
    {
        value = null;
        text = text.Trim();
        if (text.Length == 0 && Kind != OptionKind.Texts) return IsNullable ? null : T("{0} may not be empty.", Label);
        switch (Kind)
        {
            case OptionKind.Whole:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) || IsOutside(whole)) return T("{0} must be a whole number{1}.", Label, Bounds);
                value = Parsed(whole.ToString(CultureInfo.InvariantCulture));
                return null;
            case OptionKind.Number:
                // 1e400 would arrive as infinity.
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || IsOutside(number)) return T("{0} must be a number{1}, written such as 0.05 or 2e-5.", Label, Bounds);
                value = Parsed(number.ToString("R", CultureInfo.InvariantCulture));
                return null;
            case OptionKind.Flag:
                value = bool.Parse(text);
                return null;
            case OptionKind.Texts:
                value = new JsonArray([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item => (JsonNode)item)]);
                return null;
            default:
                value = text;
                return null;
        }
    }

    /// <summary>A number as short as it can be: 2e-5, 0.05, 12.</summary>
    internal static string Number(double value) => value.ToString(value != 0 && Math.Abs(value) is < 1e-3 or >= 1e9 ? "0.#########e0" : "0.############", CultureInfo.InvariantCulture);

    // A number in memory has a type, and a long is no int to those who read it; one that was parsed is what its reader wants.
    private static JsonNode? Parsed(string json) => JsonNode.Parse(json);

    private string Bounds => (Least, Most) switch
    {
        ({ } least, { } most) => T(" from {0} to {1}", Number(least), Number(most)),
        ({ } least, null) => T(" of at least {0}", Number(least)),
        _ => "",
    };

    private bool IsOutside(double value) => value < Least || value > Most;
}
