using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>What somebody does who has only a keyboard.</summary>
internal static class Keys
{
    /// <summary>Presses keys that spaces part; <c>text:</c> and a word is typed into the field that the page has put the focus into.</summary>
    public static async Task PressAllAsync(this IPage page, string keys)
    {
        foreach (var key in keys.Split(' '))
        {
            if (!key.StartsWith("text:", StringComparison.Ordinal))
            {
                await page.Keyboard.PressAsync(key);
                continue;
            }
            await Expect(page.Locator("[data-focus]")).ToBeFocusedAsync();
            await page.Keyboard.TypeAsync(key["text:".Length..]);
        }
    }
}
