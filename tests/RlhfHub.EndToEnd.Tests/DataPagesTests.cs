using System.IO.Compression;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class DataPagesTests(Browser browser)
{
    [BrowserFact]
    public async Task File_FromImportToExport_ComesOutWithAllItsRecords()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/");
        var project = await page.MakeProjectAsync("Steam", 0, new { kinds = new[] { "comparison", "rating" } });
        using var folder = new TemporaryFolder();
        var lines = Enumerable.Range(0, 40).Select(index => $$"""{"prompt": "Why does kettle number {{index}} sing?", "chosen": "Steam, {{index}} times.", "rejected": "Nobody knows, {{index}}."}""").Append("""{"prompt": "no reply"}""");
        await File.WriteAllLinesAsync(folder["pairs.jsonl"], lines);

        await page.GotoAsync($"/projects/{project}/import");
        await page.GetByLabel("File").SetInputFilesAsync(folder["pairs.jsonl"]);
        await Expect(page.GetByText("40 good records in the whole file.")).ToBeVisibleAsync();
        await Expect(page.Locator(".errors li")).ToContainTextAsync("Line 41");
        await page.KeepAsync("import-preview-1440-light");
        await page.GetByLabel("Where records are bad").SelectOptionAsync("GoodRows");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it into the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "done", Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync($"/projects/{project}/prompts");
        await page.GetByLabel("Words in the prompt").FillAsync("number 17 sing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find", Exact = true }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "kettle number 17" }).ClickAsync();
        await Expect(page.GetByText("Steam, 17 times.")).ToBeVisibleAsync();
        await page.KeepAsync("prompts-found-1440-light");
        await page.GetByLabel("Select this prompt").CheckAsync();
        await page.Locator("#bulk-tag").FillAsync("kitchen");
        await page.Locator("#bulk-tag").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the tag" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "1 prompt is changed." })).ToBeVisibleAsync();

        await page.GotoAsync($"/projects/{project}/tasks");
        await page.GetByLabel("What is asked").SelectOptionAsync("Rating");
        await page.GetByLabel("With the tag").FillAsync("kitchen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the tasks" }).ClickAsync();
        await Expect(page.GetByText("2 tasks are made.")).ToBeVisibleAsync();   // the prompt has two replies, each is rated
        await page.KeepAsync("tasks-1440-light");

        await page.GotoAsync($"/projects/{project}/datasets");
        await page.GetByLabel("Name").FillAsync("Everything");
        await page.GetByLabel("Name").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Freeze" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Everything" })).ToBeVisibleAsync();
        await page.GetByLabel("Format").SelectOptionAsync("trl-preference");
        await page.GetByLabel("Compressed (.gz)").CheckAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Export", Exact = true }).ClickAsync());
        await page.KeepAsync("datasets-1440-light");
        await using var file = new GZipStream(File.OpenRead(await download.PathAsync()), CompressionMode.Decompress);
        var text = await new StreamReader(file).ReadToEndAsync();
        Assert.Equal(40, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("Steam, 17 times.", text, StringComparison.Ordinal);

        await page.GotoAsync($"/projects/{project}/log");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "snapshot.export" })).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }
}
