using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>Every kind of task, from the open page to the stored answer, without a pointer. Chats are in <see cref="ChatTests"/>.</summary>
[Collection(BrowserTests.Name)]
public sealed class KeyboardTests(Browser browser)
{
    [BrowserTheory]
    [InlineData("comparison", "6", """{"better":1,"strength":2}""")]
    [InlineData("ranking", "3 1 2 Enter", """{"ranks":[2,3,1]}""")]
    [InlineData("rating", "4 2 5 Enter", """{"points":{"Helpfulness":4,"Harmlessness":2,"Honesty":5}}""")]
    [InlineData("classification", "2", """{"labels":["off topic"]}""")]
    [InlineData("demonstration", "text:Because. Control+Enter", """{"text":"Because."}""")]
    public async Task Task_OfEachKind_IsFinishedByKeysAlone(string kind, string keys, string expected)
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await SampleSite.MakeOfKindAsync(page, kind);
        await page.GotoAsync($"/projects/{project}/label");
        await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();

        await page.PressAllAsync(keys);

        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();
        var answer = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("answer");
        foreach (var part in JsonDocument.Parse(expected).RootElement.EnumerateObject()) Assert.True(JsonElement.DeepEquals(part.Value, answer.GetProperty(part.Name)), $"{part.Name}: {answer}");
        Assert.Empty(visit.Complaints);
    }
}
