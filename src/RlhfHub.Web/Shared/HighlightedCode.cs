using ColorCode;
using ColorCode.Common;
using ColorCode.Parsing;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace RlhfHub.Web.Shared;

/// <summary>Colours code blocks that say their language. A colour is a class; what the classes look like stands in <c>Markdown.razor.css</c>.</summary>
internal sealed class HighlightedCode : HtmlObjectRenderer<CodeBlock>, IMarkdownExtension
{
    // The grammars are regular expressions, made for programs and not for what somebody writes against them.
    private const int LongestCode = 20_000;

    private static readonly Dictionary<string, string> ClassOf = new()
    {
        [ScopeName.Keyword] = "code-keyword",
        [ScopeName.ControlKeyword] = "code-keyword",
        [ScopeName.PreprocessorKeyword] = "code-keyword",
        [ScopeName.PseudoKeyword] = "code-keyword",
        [ScopeName.String] = "code-string",
        [ScopeName.StringCSharpVerbatim] = "code-string",
        [ScopeName.HtmlAttributeValue] = "code-string",
        [ScopeName.XmlAttributeValue] = "code-string",
        [ScopeName.JsonString] = "code-string",
        [ScopeName.Comment] = "code-comment",
        [ScopeName.HtmlComment] = "code-comment",
        [ScopeName.XmlComment] = "code-comment",
        [ScopeName.Number] = "code-number",
        [ScopeName.JsonNumber] = "code-number",
        [ScopeName.ClassName] = "code-name",
        [ScopeName.HtmlElementName] = "code-name",
        [ScopeName.XmlName] = "code-name",
        [ScopeName.JsonKey] = "code-name",
    };

    private readonly CodeBlockRenderer plain = new();

    /// <summary>Every class that it writes.</summary>
    public static IReadOnlyCollection<string> Classes { get; } = [.. ClassOf.Values.Distinct()];

    public void Setup(MarkdownPipelineBuilder pipeline)
    {
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer) => renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(this);

    protected override void Write(HtmlRenderer renderer, CodeBlock block)
    {
        var code = (block as FencedCodeBlock)?.Info is { Length: > 0 } info && ColorCode.Languages.FindById(info.ToLowerInvariant()) is { } language ? (language, Text: block.Lines.ToString()) : default;
        if (code.language is null || code.Text.Length > LongestCode)
        {
            plain.Write(renderer, block);
            return;
        }
        renderer.EnsureLine();
        renderer.Write("<pre><code>");
        Colours.Write(renderer, code.language, code.Text);
        renderer.Write("</code></pre>");
    }

    private sealed class Colours(HtmlRenderer renderer) : CodeColorizerBase(null, null)
    {
        public static void Write(HtmlRenderer renderer, ILanguage language, string code)
        {
            var colours = new Colours(renderer);
            colours.languageParser.Parse(code, language, colours.Write);
        }

        protected override void Write(string parsedSourceCode, IList<Scope> scopes) => Write(parsedSourceCode, 0, parsedSourceCode.Length, scopes);

        private void Write(string text, int from, int to, IEnumerable<Scope> scopes)
        {
            foreach (var scope in scopes.OrderBy(scope => scope.Index))
            {
                if (scope.Index < from || scope.Index + scope.Length > to) continue;
                renderer.WriteEscape(text[from..scope.Index]);
                var name = ClassOf.GetValueOrDefault(scope.Name);
                if (name is not null) renderer.Write("<span class=\"").Write(name).Write("\">");
                Write(text, scope.Index, scope.Index + scope.Length, scope.Children);
                if (name is not null) renderer.Write("</span>");
                from = scope.Index + scope.Length;
            }
            renderer.WriteEscape(text[from..to]);
        }
    }
}
