namespace RlhfHub.Web.Shared;

/// <summary>The beginning of a text, where there is no room for all of it.</summary>
internal static class Excerpt
{
    /// <summary>The text, or so many characters of it and an ellipsis. A character of two units is never cut in half.</summary>
    public static string Of(string text, int characters)
    {
        if (text.Length <= characters) return text;
        return $"{text[..(char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters)]}…";
    }
}
