using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace RlhfHub.Web.Tests.States;

/// <summary>A very long text from right to left, and what has to become of it on the screen.</summary>
internal static partial class Written
{
    private const string End = "النهاية";

    // What these hold is written by programs or for them.
    private static readonly HashSet<string> Codes = ["action", "invite-email", "languages", "model-name"];

    /// <summary>As long as any reply may be read.</summary>
    public static string Text { get; } = Of(20_000);

    /// <summary>As much of it as fits where there is a limit, with the end that tells whether all of it is there.</summary>
    public static string Of(int characters) => string.Concat(Enumerable.Repeat("هذا نص طويل ", (characters / 12) + 1))[..(characters - End.Length)] + End;

    /// <summary>Every place where it stands turns with it: by an element that takes its direction from the text, or by marks around it inside a sentence.</summary>
    public static void AssertKeepsItsDirection(IEnumerable<INode> nodes)
    {
        var all = nodes.SelectMany(node => node.Descendants().Prepend(node)).ToList();
        foreach (var text in all.OfType<IText>().Where(text => RightToLeft().IsMatch(Isolated().Replace(text.Data, ""))))
            Assert.True(text.ParentElement!.Closest("bdi, [dir]") is { } turning && (turning.LocalName == "bdi" || turning.GetAttribute("dir") == "auto"), $"It does not turn in {text.ParentElement.OuterHtml[..Math.Min(300, text.ParentElement.OuterHtml.Length)]}");
        foreach (var field in all.OfType<IElement>().Where(IsForWords))
            Assert.True(field.GetAttribute("dir") == "auto", $"Words typed into {field.OuterHtml[..Math.Min(300, field.OuterHtml.Length)]} would not turn.");
    }

    /// <summary>What there is to read, also in fields.</summary>
    public static string Words(IEnumerable<INode> nodes) => string.Join('\n', nodes.SelectMany(node => node.Descendants<IElement>().Prepend(node as IElement)).OfType<IElement>()
        .Where(element => element.LocalName is "input" or "textarea").Select(field => field.GetAttribute("value")).Concat(nodes.Select(node => node.TextContent)));

    private static bool IsForWords(IElement element) => !Codes.Contains(element.Id ?? "") && (element.LocalName == "textarea" || (element.LocalName == "input" && element.GetAttribute("type") is (null or "text" or "search")));

    [GeneratedRegex("[\u0600-\u06FF]")]
    private static partial Regex RightToLeft();

    [GeneratedRegex("\u2068[^\u2069]*\u2069")]
    private static partial Regex Isolated();
}
