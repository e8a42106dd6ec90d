using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>What is asked of every page, whoever made it. Each check says what is wrong, one line a fault.</summary>
internal static class PageChecks
{
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

    // The package's own way opens one more page for every run, only to put the results of frames together; there are none here.
    private const string RunAxe = """
        async rules => {
          const options = rules ? { runOnly: { type: 'rule', values: rules } } : {};
          const found = await axe.run(document, { ...options, resultTypes: ['violations'] });
          return found.violations.flatMap(fault => fault.nodes.slice(0, 3).map(node => `${fault.impact} ${fault.id}: ${node.target} ${node.html.slice(0, 140).replace(/\s+/g, ' ')}`));
        }
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // The rules that a theme can break; the others see no colours.
    private static readonly string[] ColourRules = ["color-contrast", "link-in-text-block"];

    /// <summary>Every rule in the light theme, and those about colours in the dark and the high-contrast one.</summary>
    public static async Task<IReadOnlyList<string>> AxeFaultsInEachThemeAsync(this IPage page)
    {
        List<string> faults = [];
        foreach (var theme in new[] { "light", "dark", "contrast" })
        {
            await page.EvaluateAsync("theme => rlhfHubTheme.choose(theme)", theme);
            await page.WaitForThemeAsync(theme);
            faults.AddRange((await page.AxeFaultsAsync(theme == "light" ? null : ColourRules)).Select(fault => $"{theme}: {fault}"));
        }
        await page.EvaluateAsync("rlhfHubTheme.choose('light')");
        await page.WaitForThemeAsync("light");
        return faults;
    }

    /// <summary>
    /// Until the page is painted in a theme. MudBlazor's colours come through the circuit, a moment after those of the page itself (static pages have the latter only), and fade in.
    /// </summary>
    public static Task WaitForThemeAsync(this IPage page, string theme) => page.WaitForFunctionAsync(
        """
        theme => {
          const style = getComputedStyle(document.documentElement);
          const [mud, hub] = ['--mud-palette-background', '--hub-background'].map(name => style.getPropertyValue(name).replace(/\s/g, '').toLowerCase());
          const isThere = document.documentElement.dataset.theme.startsWith(theme) && (!document.querySelector('.mud-layout') || mud === hub);
          return isThere && !document.getAnimations().some(one => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity);
        }
        """,
        theme);

    /// <summary>What axe-core finds, by all its rules or by some.</summary>
    public static async Task<IEnumerable<string>> AxeFaultsAsync(this IPage page, string[]? rules = null)
    {
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'")) await page.EvaluateAsync(Axe);
        return await page.EvaluateAsync<string[]>(RunAxe, rules);
    }

    public static async Task<IEnumerable<string>> FocusFaultsAsync(this IPage page)
    {
        await page.Keyboard.PressAsync("Tab");   // from here on the browser shows focus as to somebody at the keyboard
        return (await page.EvaluateAsync<string[]>(UnseenFocus)).Select(element => $"focus is not visible: {element}");
    }

    /// <summary>Makes the window so wide, and says what does not fit.</summary>
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
}
