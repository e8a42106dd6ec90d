using System.Text.Json.Serialization;

namespace RlhfHub.Web.Layout;

/// <summary>What somebody chose for this browser. Kept there by theme.js, under the same names in lower case.</summary>
[JsonConverter(typeof(ThemeChoiceConverter))]
public enum ThemeChoice
{
    System,
    Light,
    Dark,

    /// <summary>High contrast; light or dark as the system is.</summary>
    Contrast,
}

/// <summary>The choice, and what it comes to now.</summary>
public sealed record ThemeState(ThemeChoice Choice, bool IsDark, bool IsContrast = false);

internal sealed class ThemeChoiceConverter() : JsonStringEnumConverter<ThemeChoice>(System.Text.Json.JsonNamingPolicy.CamelCase);
