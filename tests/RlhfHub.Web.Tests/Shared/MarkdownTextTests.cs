using AngleSharp.Html.Parser;
using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.Shared;

public sealed class MarkdownTextTests
{
    [Fact]
    public void ToHtml_OrdinaryText_KeepsItsShape()
    {
        var html = MarkdownText.ToHtml("# Title\n\n- **bold** and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[site](https://example.org/x?y=1)")!;

        var page = new HtmlParser().ParseDocument(html);
        Assert.Equal("Title", page.QuerySelector("h1")!.TextContent);
        Assert.NotNull(page.QuerySelector("li strong"));
        Assert.Equal(2, page.QuerySelectorAll("td").Length);
        var link = page.QuerySelector("a")!;
        Assert.Equal("https://example.org/x?y=1", link.GetAttribute("href"));
        Assert.Contains("noopener", link.GetAttribute("rel"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("![tracker](https://example.org/pixel.png)")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html,<script>alert(1)</script>)")]
    [InlineData("[x](vbscript:msgbox)")]
    [InlineData("[x](//example.org/)")]
    [InlineData("[x](/account/sign-out)")]
    [InlineData("[x](file:///etc/passwd)")]
    [InlineData("<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">x</a>")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("<style>body{display:none}</style>")]
    [InlineData("<iframe src=https://example.org></iframe>")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("<javascript:alert(1)>")]
    public void ToHtml_HostileText_IsInert(string markdown)
    {
        var page = new HtmlParser().ParseDocument(MarkdownText.ToHtml(markdown)!);

        Assert.Empty(page.Body!.QuerySelectorAll("script, img, svg, style, iframe, object, form, input"));
        Assert.All(page.Body!.QuerySelectorAll("*"), element => Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, new[] { "rel", "target" })));
    }
}
