using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>What is asked of every page, whoever made it. Each check says what is wrong, one line a fault.</summary>
internal static class PageChecks
{
    // Rules that MudBlazor breaks, with its issue. None so far.
    private static readonly HashSet<string> UpstreamIssues = [];

    private const string UnseenFocus = """
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }');
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
          const places = element => {
            const all = [element, element.parentElement, element.parentElement?.parentElement, element.nextElementSibling, element.closest('label'), element.closest('.mud-input-control'), ...element.children].filter(Boolean);
            return [...new Set(all)];
          };
          const look = element => places(element).flatMap(place => [null, '::before', '::after'].map(part => {
            const style = getComputedStyle(place, part);
            return [style.outlineStyle === 'none' ? '' : style.outline, style.boxShadow, style.borderColor, style.borderWidth, style.backgroundColor, style.textDecoration, style.transform].join('|');
          })).join('/') + element.getBoundingClientRect().top;   // a skip link comes into view
          const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
          const tabbable = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(element => element.tabIndex >= 0 && !element.disabled && element.type !== 'hidden' && seen(element));
          const faults = [];
          for (const element of tabbable) {
            document.activeElement?.blur();
            const before = look(element);
            element.focus();
            if (document.activeElement === element && look(element) === before) faults.push(element.outerHTML.slice(0, 120));
          }
          document.activeElement?.blur();
          document.adoptedStyleSheets = document.adoptedStyleSheets.filter(other => other !== sheet);
          return faults;
        }
        """;

    // The rules that a theme can break; the others see no colours.
    private static readonly AxeRunOptions ColourRules = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    /// <summary>Every rule in the light theme, and those about colours in the dark and the high-contrast one.</summary>
    public static async Task<IReadOnlyList<string>> AxeFaultsInEachThemeAsync(this IPage page)
    {
        List<string> faults = [];
        foreach (var theme in new[] { "light", "dark", "contrast" })
        {
            await page.ChooseThemeAsync(theme);
            faults.AddRange((await page.AxeFaultsAsync(theme == "light" ? null : ColourRules)).Select(fault => $"{theme}: {fault}"));
        }
        await page.ChooseThemeAsync("light");
        return faults;
    }

    // MudBlazor's colours come through the circuit, a moment after those of the page itself; static pages have the latter only.
    private static async Task ChooseThemeAsync(this IPage page, string theme)
    {
        await page.EvaluateAsync("theme => rlhfHubTheme.choose(theme)", theme);
        await page.WaitForFunctionAsync(
            """
            theme => {
              const style = getComputedStyle(document.documentElement);
              const [mud, hub] = ['--mud-palette-background', '--hub-background'].map(name => style.getPropertyValue(name).replace(/\s/g, '').toLowerCase());
              return document.documentElement.dataset.theme.startsWith(theme) && (!document.querySelector('.mud-layout') || mud === hub);
            }
            """,
            theme);
    }

    public static async Task<IEnumerable<string>> AxeFaultsAsync(this IPage page, AxeRunOptions? options = null)
    {
        var result = options is null ? await page.RunAxe() : await page.RunAxe(options);
        return result.Violations.Where(violation => !UpstreamIssues.Contains(violation.Id)).SelectMany(violation => violation.Nodes.Take(3).Select(node => $"{violation.Impact} {violation.Id}: {Short(node)}"));
    }

    public static async Task<IEnumerable<string>> FocusFaultsAsync(this IPage page)
    {
        await page.Keyboard.PressAsync("Tab");   // from here on the browser shows focus as to somebody at the keyboard
        return (await page.EvaluateAsync<string[]>(UnseenFocus)).Select(element => $"focus is not visible: {element}");
    }

    public static async Task<IEnumerable<string>> WidthFaultsAsync(this IPage page, int width)
    {
        await page.SetViewportSizeAsync(width, 900);
        // What the script moves about on a resize has two frames to do so.
        var widest = await page.EvaluateAsync<string>("""
            () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
              if (document.documentElement.scrollWidth <= innerWidth) return done('');
              const out = [...document.querySelectorAll('main *, header *')].filter(element => element.getBoundingClientRect().right > innerWidth + 1 || element.getBoundingClientRect().left < -1).pop();
              done(`${document.documentElement.scrollWidth} wide; ${out?.outerHTML.slice(0, 100)}`);
            })))
            """);
        return widest.Length == 0 ? [] : [$"scrolls sideways at {width} pixels: {widest}"];
    }

    public static async Task<IEnumerable<string>> HeadingFaultsAsync(this IPage page)
    {
        var count = await page.Locator("h1").CountAsync();
        return count == 1 ? [] : [$"{count} headings of the first level"];
    }

    private static string Short(AxeResultNode node) => $"{node.Target} {(node.Html.Length > 140 ? node.Html[..140] : node.Html).ReplaceLineEndings(" ")}";
}
