namespace RlhfHub.Web.Shared;

/// <summary>What people wrote inside a sentence of the site, where no element can stand around it.</summary>
internal static class Isolate
{
    /// <summary>The text, shut off from the direction of the words around it.</summary>
    public static string Text(string? text) => $"\u2068{text}\u2069";
}
