namespace RlhfHub.Web.Tests;

/// <summary>Five hundred texts that try to be more than text: listed classics, and what a seeded generator makes of them.</summary>
internal static class HostileTexts
{
    private const int Count = 500;

    /// <summary>What a text that got through would do: a page that has run one of them carries the mark.</summary>
    private const string Deed = "document.documentElement.dataset.owned=1";

    private static readonly string[] Classics =
    [
        $"<script>{Deed}</script>", $"<ScRiPt>{Deed}</sCrIpT>", $"<img src=x onerror={Deed}>", $"<img src=x onerror=\"{Deed}\"/>", $"<svg onload={Deed}>", $"<svg><script>{Deed}</script></svg>",
        $"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={Deed}&gt;\">", $"<body onload={Deed}>", $"<iframe srcdoc=\"<script>parent.{Deed}</script>\"></iframe>",
        "<iframe src=https://hostile.invalid/></iframe>", "<object data=https://hostile.invalid/x.swf></object>", "<embed src=https://hostile.invalid/x>", "<link rel=stylesheet href=https://hostile.invalid/x.css>",
        "<meta http-equiv=refresh content=\"0;url=https://hostile.invalid/\">", "<base href=https://hostile.invalid/>", "<form action=https://hostile.invalid/><button>Send</button></form>", "<style>*{display:none}</style>",
        "<style>@import url(https://hostile.invalid/x.css)</style>", "<div style=\"background:url(https://hostile.invalid/pixel)\">x</div>", "<div style=\"position:fixed;inset:0\">x</div>",
        $"<details open ontoggle={Deed}>x</details>", $"<input autofocus onfocus={Deed}>", $"<video><source onerror={Deed}></video>", $"<a href=\"javascript:{Deed}\">x</a>", $"<x onclick={Deed} tabindex=1 autofocus onfocus={Deed}>x</x>",
        $"[x](javascript:{Deed})", $"[x](JaVaScRiPt:{Deed})", $"[x](java&#115;cript:{Deed})", $"[x](&#x6A;avascript:{Deed})", $"[x](java%0ascript:{Deed})", $"[x](java\tscript:{Deed})", $"[x](\u0001javascript:{Deed})", $"[x]( javascript:{Deed} )",
        $"[x](<javascript:{Deed}>)", $"[x](javascript&colon;{Deed})", $"[x](vbscript:{Deed})", $"[x](data:text/html,<script>{Deed}</script>)", "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)", "[x](file:///etc/passwd)",
        "[x](//hostile.invalid/)", "[x](/account/sign-out)", "[x](\\\\hostile.invalid\\x)", "[x](blob:https://hostile.invalid/1)", "[x](https://example.org \"\\\" onmouseover=alert(1)\")", $"[x]: javascript:{Deed}\n\n[x]", $"<javascript:{Deed}>",
        "![x](https://hostile.invalid/pixel.png)", $"![x](javascript:{Deed})", "![x\"onerror=alert(1)](x)", "[![x](https://hostile.invalid/p.png)](https://hostile.invalid/)", "https://hostile.invalid/\"onmouseover=\"alert(1)", "www.hostile.invalid<script>",
        "<https://hostile.invalid/\"onclick=alert(1)>", "mailto:a@b.c?body=<script>", $"```html\n<script>{Deed}</script>\n```", $"```\"><script>{Deed}</script>\nx\n```", $"```js\" onload=\"{Deed}\nvar x = '</script>';\n```", "`<img src=x onerror=alert(1)>`",
        "```csharp\nvar s = @\"</code></pre><script>\";\n```", "```json\n{\"</span><img src=x>\": \"<svg onload=alert(1)>\"}\n```", "|<img src=x onerror=alert(1)>|\n|---|\n|<script>|", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "@(1+1)",
        "@{System.Environment.Exit(1);}", "@page \"/\"", "<component :is=x>", "';alert(1);//", "\";alert(1);//", "</script><script>alert(1)</script>", "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;", "&amp;lt;script&amp;gt;", "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->", "<!--<img src=\"--><img src=x onerror=alert(1)//\">", "<![CDATA[<script>alert(1)</script>]]>", "<?xml version=\"1.0\"?><script/>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<template><script>alert(1)</script></template>", "<textarea></textarea><script>alert(1)</script>", "<plaintext>", "<xmp><script>alert(1)</script></xmp>", "</div></section></main><h1>Sign in again</h1>",
        "<button id=blazor-error-ui>x</button>", "<a id=__proto__ name=constructor>x</a>", "\u202Eevil\u202C txt.exe", "\u202E\u202E\u202Eno end", "\u2067\u2066\u202Dnested", "a\u200Bb\u200Cc\u200Dd\uFEFFe", "\u061C\u200E\u200F", "\u0000null\u0000", "\u001B[31mred", "\uD83D", "\uDE00 alone",
        "\u2028line\u2029paragraph", "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357algo", "\U000E0041\U000E0042 tags", new string('>', 5000), new string('[', 3000), new string('*', 5000), string.Concat(Enumerable.Repeat("<div>", 3000)),
        string.Concat(Enumerable.Repeat("- ", 3000)), string.Concat(Enumerable.Repeat("![", 2000)), string.Concat(Enumerable.Repeat("[a](", 2000)), string.Concat(Enumerable.Repeat("**a ", 3000)), string.Concat(Enumerable.Repeat("|a", 2000)) + "\n" + string.Concat(Enumerable.Repeat("|-", 2000)),
        new string('a', 100_000), string.Concat(Enumerable.Repeat("\u202E<b>", 2000)), new string('`', 5000), string.Concat(Enumerable.Repeat("&#x", 3000)), "\u05D0\u05D1\u05D2 <img src=x> \u05D3", "\u0645\u0631\u062D\u0628\u0627 https://hostile.invalid/ \u202E",
    ];

    private static readonly string[] Wrappings = ["{0}", "**{0}**", "> {0}", "# {0}", "- {0}", "`{0}`", "```\n{0}\n```", "```html\n{0}\n```", "[{0}](https://example.org)", "[x]({0})", "<b>{0}</b>", "|a|\n|-|\n|{0}|", "\u202E{0}", "{0}\n\n{0}", "<{0}>", "\"{0}\"", "'{0}'", "<!--{0}-->"];

    /// <summary>The texts; the same ones each time.</summary>
    public static IReadOnlyList<string> All { get; } = Make();

    private static List<string> Make()
    {
        var random = new Random(6);
        List<string> texts = [.. Classics];
        while (texts.Count < Count)
        {
            var text = Classics[random.Next(Classics.Length)];
            if (text.Length > 2000) continue;
            for (var layer = random.Next(1, 4); layer > 0; layer--) text = Wrappings[random.Next(Wrappings.Length)].Replace("{0}", text, StringComparison.Ordinal);
            if (random.Next(4) == 0) text = text.Insert(random.Next(text.Length), $"&#{random.Next(1, 128)};");
            if (random.Next(4) == 0) text = string.Concat(text.Select(letter => random.Next(3) == 0 ? char.ToUpperInvariant(letter) : letter));
            texts.Add(text);
        }
        return texts;
    }
}
