using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The site with its real model server and the starter model.</summary>
[Collection(BrowserTests.Name)]
public sealed class ChatTests(Browser browser)
{
    [BrowserFact]
    public async Task Chat_TwoTurnsByKeyboardAlone_StoresWhatWasPressed()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await MakeChatAsync(page, "What colour is the sun?");
        await page.GotoAsync($"/projects/{project}/label");

        var better = page.GetByRole(AriaRole.Button, new() { Name = "A much better" });
        await Expect(better).ToBeVisibleAsync();   // both replies are there
        await page.KeepAsync("chat-choice-1440-light");
        var first = await TextsAsync(page);
        Assert.Equal(2, first.Count);
        Assert.DoesNotContain("starter", await page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await page.Keyboard.PressAsync("7");

        await Expect(page.GetByLabel("What you say")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("And what about a snake?");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(better).ToBeVisibleAsync();
        var second = await TextsAsync(page);
        await page.ReloadAsync();   // nothing of it is lost
        await Expect(better).ToBeVisibleAsync();
        Assert.Equal(second, await TextsAsync(page));
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "The chat so far" })).ToContainTextAsync("And what about a snake?");
        await page.Keyboard.PressAsync("1");
        await Expect(page.GetByLabel("What you say")).ToBeFocusedAsync();
        await page.KeepAsync("chat-next-1440-light");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("f");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();

        var answer = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("answer");
        var turns = answer.GetProperty("turns").EnumerateArray().ToList();
        Assert.Equal(["What colour is the sun?", "And what about a snake?"], turns.Select(turn => turn.GetProperty("text").GetString()));
        Assert.Equal([3, 3], turns.Select(turn => turn.GetProperty("strength").GetInt32()));
        Assert.Equal([first[1], second[0]], turns.Select(Chosen));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ModelsPage_OfAnAdmin_TriesTheModelAndHasRepliesWritten()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await MakeChatAsync(page, "Which sound do you hear from a goose?");
        await page.GotoAsync($"/projects/{project}/models");
        await page.GetByLabel("A question to the model").FillAsync("How much do one and three make?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();
        await Expect(page.Locator("blockquote")).Not.ToBeEmptyAsync();
        await Expect(page.Locator("#model-server-state")).ToContainTextAsync("Ready");

        await page.GetByLabel("Replies per prompt").FillAsync("4");
        await page.GetByLabel("Longest reply, in tokens").FillAsync("60");
        await page.GetByRole(AriaRole.Button, new() { Name = "Have replies written" }).ClickAsync();
        await Expect(page.GetByText("4 replies written.")).ToBeVisibleAsync();

        await page.KeepAsync("models-1440-light");
        var prompt = (await page.ApiAsync("GET", $"projects/{project}/prompts")).GetProperty("items")[0].GetProperty("id").GetString();
        var replies = (await page.ApiAsync("GET", $"projects/{project}/prompts/{prompt}/responses")).EnumerateArray().ToList();
        Assert.Equal(4, replies.Count);
        Assert.All(replies, reply => Assert.Equal("starter", reply.GetProperty("modelName").GetString()));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ChatAndModels_OnEveryScreen_Fit()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await MakeChatAsync(page, "I wonder which is smaller, a pig or a hen.");
        await page.GotoAsync($"/projects/{project}/label");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "A much better" })).ToBeVisibleAsync();
        await page.CheckLooksAsync("chat");
        await page.Keyboard.PressAsync("2");
        await Expect(page.GetByLabel("What you say")).ToBeFocusedAsync();
        await page.CheckLooksAsync("chat-next");
        await page.GotoAsync($"/projects/{project}/models");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Replies for prompts" })).ToBeVisibleAsync();
        await page.CheckLooksAsync("models");
        await page.GetByLabel("Where it runs").SelectOptionAsync("Endpoint");
        await page.GetByLabel("Address").FillAsync("http://127.0.0.1:9/v1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use this model" }).ClickAsync();
        await Expect(page.GetByText("The address must begin with https://").First).ToBeVisibleAsync();
        await page.CheckLooksAsync("models-endpoint");
        Assert.Empty(visit.Complaints);
    }

    private static async Task<string> MakeChatAsync(IPage page, string question)
    {
        var project = (await page.ApiAsync("POST", "projects", new { name = "Small talk", settings = new { kinds = new[] { "chat" } } })).GetProperty("id").GetString()!;
        await page.ApiAsync("POST", $"projects/{project}/prompts", new { messages = new[] { new { role = "user", content = question } } });
        await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind = "chat" });
        return project;
    }

    private static async Task<IReadOnlyList<string>> TextsAsync(IPage page) => [.. (await page.Locator("section[aria-label^='Reply'] .text").AllTextContentsAsync()).Select(text => text.Trim())];

    private static string? Chosen(JsonElement turn) => turn.GetProperty("replies")[turn.GetProperty("chosen").GetInt32()].GetString();
}
