namespace RlhfHub.EndToEnd.Tests;

/// <summary>Every page in a language in which no letter is plain: what still reads plainly stands in the code and not in the resources.</summary>
[Collection(BrowserTests.Name)]
public sealed class PseudoLocaleTests(Browser browser)
{
    // What people wrote, and what is the same in every language, is marked as such; a text around a value begins with a bracket.
    private const string PlainTexts = """
        () => {
          const data = '[dir=auto], bdi, [translate=no], code, kbd, pre, script, style, noscript, svg';
          // The site's own name, languages in their own words, the letters that name replies, and addresses are nobody's to translate.
          const isPlain = text => /[A-Za-z]/.test(text) && !text.includes('⟦') && !/^(RlhfHub|English|Deutsch|Pseudo|[A-Z]|\S+@\S+)$/.test(text);
          const found = new Set();
          const note = (element, text, where) => {
            text = text.replace(/\s+/g, ' ').trim();
            if (isPlain(text) && !element.closest(data) && element.checkVisibility({ visibilityProperty: true })) found.add(`${where}: ${text.slice(0, 100)}`);
          };
          if (isPlain(document.title)) found.add(`title: ${document.title}`);
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (element.tagName !== 'TEXTAREA') note(element, texts.currentNode.data, element.tagName.toLowerCase());
          }
          for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'aria-description'])
            for (const element of document.querySelectorAll(`[${name}]`)) if (element.querySelector('[dir=auto]')?.textContent !== element.getAttribute(name)) note(element, element.getAttribute(name), name);
          return [...found];
        }
        """;

    [BrowserFact]
    public async Task EveryPage_InThePseudoLanguage_SaysNothingPlain()
    {
        var faults = await EveryPage.CheckAsync(
            browser,
            async page =>
            {
                Assert.Equal("rtl", await page.EvaluateAsync<string>("getComputedStyle(document.body).direction"));
                return await page.EvaluateAsync<string[]>(PlainTexts);
            },
            page => page.Context.AddCookiesAsync([new() { Name = ".AspNetCore.Culture", Value = "c=|uic=qps-plocm", Domain = "localhost", Path = "/" }]));

        EveryPage.AssertNone(faults);
    }
}
