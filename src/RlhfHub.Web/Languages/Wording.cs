namespace RlhfHub.Web.Languages;

/// <summary>
/// The site's own words in the reader's language. English stands in the code and is the key; <c>de.json</c> and its like hold the other languages. Usable everywhere by
/// <c>@using static RlhfHub.Web.Languages.Wording</c>, which <c>_Imports.razor</c> has: <c>@T("Skip")</c>, <c>@T("Step {0} of {1}", step, count)</c>.
/// </summary>
/// <remarks>What people wrote (names, texts, labels) is data and is shown as it is. A test reads every key out of the source and asks each language for it.</remarks>
internal static class Wording
{
    /// <summary>A text in the language of whoever reads. What stands behind a bar only tells equal English words apart and is never shown: <c>T("Label|verb")</c>.</summary>
    public static string T(string english)
    {
        var language = Language.Current;
        if (language.IsPseudo) return PseudoLocale.Of(WithoutContext(english));
        return language.Texts.GetValueOrDefault(english) ?? WithoutContext(english);
    }

    /// <summary>A text with places for values: <c>{0}</c>, <c>{1:N0}</c>. Numbers and dates are written as the language writes them.</summary>
    public static string T(string english, params ReadOnlySpan<object?> values) => string.Format(Language.Current.Formats, T(english), values);

    /// <summary>A text about a number of things, which is its value 0: <c>N(tasks, "{0:N0} task waits", "{0:N0} tasks wait")</c>.</summary>
    public static string N(int count, string one, string other, params ReadOnlySpan<object?> further) => string.Format(Language.Current.Formats, T(count == 1 ? one : other), [count, .. further]);

    private static string WithoutContext(string english)
    {
        var bar = english.LastIndexOf('|');
        return bar < 0 ? english : english[..bar];
    }
}
