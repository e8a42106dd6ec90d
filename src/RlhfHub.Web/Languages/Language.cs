using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace RlhfHub.Web.Languages;

/// <summary>A language that the site speaks. Only its words and the way it writes numbers change: what is stored and what programs read stays the same in all of them.</summary>
/// <param name="Code">Its BCP 47 tag, as in the page's <c>lang</c>.</param>
/// <param name="Name">What its own readers call it.</param>
/// <param name="IsRightToLeft">Whether pages run from right to left.</param>
internal sealed record Language(string Code, string Name, bool IsRightToLeft = false)
{
    /// <summary>Offered to people, the default first.</summary>
    public static IReadOnlyList<Language> All { get; } = [new("en", "English") { Formats = Format("en", ",", ".", "yyyy-MM-dd") }, new("de", "Deutsch") { Texts = Read("de"), Formats = Format("de", ".", ",", "dd.MM.yyyy") }];

    /// <summary>Shows every text that is not in the resources, and what breaks from right to left. For tests and developers: nobody is offered it.</summary>
    public static Language Pseudo { get; } = new("qps-plocm", "Pseudo", IsRightToLeft: true);

    /// <summary>The languages to choose from; developers see the pseudo-locale among them.</summary>
    public static IEnumerable<Language> Offered(IHostEnvironment host) => host.IsDevelopment() ? All.Append(Pseudo) : All;

    /// <summary>The language of whoever is served now.</summary>
    public static Language Current => Of(CultureInfo.CurrentUICulture.Name) ?? All[0];

    /// <summary>How requests name it.</summary>
    public CultureInfo Culture { get; } = CultureInfo.GetCultureInfo(Code);

    /// <summary>Its words by the English ones; none for English itself.</summary>
    public FrozenDictionary<string, string> Texts { get; private init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>How numbers and dates are written.</summary>
    public CultureInfo Formats { get; private init; } = CultureInfo.InvariantCulture;

    public bool IsPseudo => this == Pseudo;

    /// <summary>The language with a tag; null when there is none.</summary>
    public static Language? Of(string code) => All.Append(Pseudo).FirstOrDefault(language => string.Equals(language.Code, code, StringComparison.OrdinalIgnoreCase));

    // Not .resx: its names know no difference between "Text" and "text".
    private static FrozenDictionary<string, string> Read(string code)
    {
        using var file = typeof(Language).Assembly.GetManifestResourceStream(typeof(Language), $"{code}.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(file)!.ToFrozenDictionary();
    }

    // The program carries no culture data (it must run where ICU is not installed), so the little that is shown is said here.
    private static CultureInfo Format(string code, string groups, string point, string date)
    {
        var culture = new CultureInfo(code);
        (culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NumberDecimalSeparator) = (groups, point);
        (culture.NumberFormat.PercentGroupSeparator, culture.NumberFormat.PercentDecimalSeparator) = (groups, point);
        culture.DateTimeFormat.ShortDatePattern = date;
        return CultureInfo.ReadOnly(culture);
    }
}
