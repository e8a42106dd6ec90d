using System.Text.RegularExpressions;

namespace RlhfHub.Web.Tests.Languages;

/// <summary>The texts of pages, read out of the site's source: what stands in <c>T("...")</c> and <c>N(count, "...", "...")</c>.</summary>
internal static partial class SourceTexts
{
    public static IReadOnlySet<string> All { get; } = Files().SelectMany(file => In(File.ReadAllText(file))).ToHashSet();

    /// <summary>Calls whose text is no literal, so that no language could be asked for it.</summary>
    public static IReadOnlyList<string> Hidden { get; } = [.. Files().SelectMany(file => HiddenCall().Matches(File.ReadAllText(file)).Select(call => $"{Path.GetFileName(file)}: {call.Value}"))];

    private static IEnumerable<string> In(string source) =>
        Single().Matches(source).Select(call => call.Groups[1].Value).Concat(Counted().Matches(source).SelectMany(call => new[] { call.Groups[1].Value, call.Groups[2].Value })).Select(Regex.Unescape);

    private static IEnumerable<string> Files()
    {
        var site = Path.Combine(Repository.Root, "src", "RlhfHub.Web");
        return Directory.EnumerateFiles(site, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && Path.GetRelativePath(site, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj" or "Languages"));
    }

    [GeneratedRegex("""(?<![\w.])T\("((?:[^"\\]|\\.)*)["]""")]
    private static partial Regex Single();

    [GeneratedRegex("""(?<![\w.])N\([^"]*"((?:[^"\\]|\\.)*)"\s*,\s*"((?:[^"\\]|\\.)*)["]""")]
    private static partial Regex Counted();

    [GeneratedRegex("""(?<![\w.])T\((?!["])[^)\n]*\)?""")]
    private static partial Regex HiddenCall();
}
