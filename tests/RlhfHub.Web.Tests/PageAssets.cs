using System.Text.RegularExpressions;

namespace RlhfHub.Web.Tests;

/// <summary>What a page asks the browser to fetch.</summary>
internal static partial class PageAssets
{
    public static IReadOnlyList<string> In(string html) => [.. Reference().Matches(html).Select(match => match.Groups["path"].Value)];

    // <link rel="stylesheet" href="site.tcc725dqvh.css" />  or  <script src="theme.xgayb1xtja.js"></script>
    [GeneratedRegex("""<(link|script)[^>]+(href|src)="(?<path>[^"]+)["]""")]
    private static partial Regex Reference();
}
