using Ganss.Xss;
using Markdig;
using Microsoft.Extensions.Caching.Memory;

namespace RlhfHub.Web.Shared;

/// <summary>Makes HTML of Markdown that anybody may have written. What comes out holds only what is listed here, whatever went in.</summary>
internal static class MarkdownText
{
    /// <summary>How much is kept ready, in characters of the texts.</summary>
    private const int MostReady = 32 << 20;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().Use<HighlightedCode>().Build();

    private static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    private static readonly MemoryCache Ready = new(new MemoryCacheOptions { SizeLimit = MostReady });

    /// <summary>The HTML of a text; null for one that is nested too deeply to be anything but an attack, and is shown as it was written.</summary>
    public static string? ToHtml(string markdown)
    {
        if (Ready.TryGetValue(markdown, out string? html)) return html;
        html = Render(markdown);
        Ready.Set(markdown, html, new MemoryCacheEntryOptions { Size = markdown.Length + 1, SlidingExpiration = TimeSpan.FromMinutes(30) });
        return html;
    }

    /// <summary>Renders texts that will be asked for soon, so that nobody waits for it then.</summary>
    public static Task PrepareAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            foreach (var text in texts) ToHtml(text);
        },
        cancellationToken);

    private static string? Render(string markdown)
    {
        try
        {
            return Sanitizer.Sanitize(Markdig.Markdown.ToHtml(markdown, Pipeline));
        }
        catch (ArgumentException)
        {
            // Markdig's limit of nesting has no exception of its own.
            return null;
        }
    }

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            // No img: an image tells whoever hosts it that somebody reads this text.
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "start", "class" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.AllowedClasses.UnionWith(HighlightedCode.Classes);
        sanitizer.PostProcessNode += (_, processed) =>
        {
            if (processed.Node is AngleSharp.Html.Dom.IHtmlPreElement or AngleSharp.Html.Dom.IHtmlTableElement) ((AngleSharp.Dom.IElement)processed.Node).SetAttribute("tabindex", "0");   // what scrolls is reached by keyboard
            if (processed.Node is not AngleSharp.Html.Dom.IHtmlAnchorElement link) return;
            // Relative addresses would be pages of this site, where a click can mean something.
            if (!HasScheme(link.GetAttribute("href"))) link.RemoveAttribute("href");
            link.SetAttribute("rel", "noopener noreferrer");
            link.SetAttribute("target", "_blank");
        };
        return sanitizer;
    }

    private static bool HasScheme(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";
}
