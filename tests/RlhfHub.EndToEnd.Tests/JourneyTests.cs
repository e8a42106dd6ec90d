using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>From the empty site's set-up link over real prompts in real files to judgments of all six kinds, all of it on pages; what was stored is read from the database.</summary>
[Collection(BrowserTests.Name)]
public sealed class JourneyTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";

    private static readonly string[] Deeds = ["Compare two replies", "Write the ideal reply", "Rate a reply on scales", "Give labels", "Order several replies", "Talk with the current model"];

    // Prompts by kind: the first has three replies, each of the others a pair.
    private static readonly Dictionary<TaskKind, int> PromptsOf = new()
    {
        [TaskKind.Comparison] = 1 + RealPrompts.Pairs,
        [TaskKind.Demonstration] = 1,
        [TaskKind.Rating] = 1,
        [TaskKind.Classification] = 1,
        [TaskKind.Ranking] = 1,
        [TaskKind.Chat] = 1,
    };

    private static readonly Dictionary<TaskKind, int> TasksOf = new(PromptsOf) { [TaskKind.Rating] = 3, [TaskKind.Classification] = 3 };   // each reply by itself

    // What each presses, and what that says of the replies as they were shown. They never agree, so that one's answer cannot pass for the other's.
    private static readonly Dictionary<string, Dictionary<TaskKind, (string Keys, string Says)>> Raters = new()
    {
        ["Ben"] = new()
        {
            [TaskKind.Comparison] = ("2", "1 by 2"),
            [TaskKind.Demonstration] = ("text:Because. Control+Enter", "Because."),
            [TaskKind.Rating] = ("4 2 5 Enter", "4 2 5"),
            [TaskKind.Classification] = ("2", "off topic"),
            [TaskKind.Ranking] = ("3 1 2 Enter", "3 > 1 > 2"),
            [TaskKind.Chat] = ("7 text: Escape f", "2 by 3"),
        },
        ["Ada"] = new()
        {
            [TaskKind.Comparison] = ("7", "2 by 3"),
            [TaskKind.Demonstration] = ("text:Compare. Control+Enter", "Compare."),
            [TaskKind.Rating] = ("1 5 3 Enter", "1 5 3"),
            [TaskKind.Classification] = ("1", "helpful"),
            [TaskKind.Ranking] = ("2 3 1 Enter", "2 > 3 > 1"),
            [TaskKind.Chat] = ("1 text: Escape f", "1 by 3"),
        },
    };

    [BrowserFact("oasst", "hh-rlhf")]
    public async Task EmptySite_UntilTwoRatersLabeledRealPromptsInAllSixKinds_HasWhatWasPressed()
    {
        using var folder = new TemporaryFolder();
        var prompts = await RealPrompts.WriteAsync(folder);
        await using var site = await SiteProcess.StartAsync(new(SiteProcess.WithoutAdmin) { ["RLHFHUB_DATA"] = folder["hub"] });
        await using var first = await browser.OpenAsync(site);
        var admin = first.Page;
        await admin.GotoAsync((await site.SetUpLink).PathAndQuery);
        await admin.MakeAccountAsync("eve@example.org", "Eve", Password, "Make the admin account");
        await Expect(admin.Locator("#worker")).ToBeVisibleAsync();
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "There is no project yet" })).ToBeVisibleAsync();
        await admin.KeepAsync("home-empty-1440-light");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Make a project" }).ClickAsync();
        var project = await MakeByWizardAsync(admin);
        string[] links = [await InviteAsync(admin, project), await InviteAsync(admin, project)];
        await ImportAsync(admin, project, folder["tree.jsonl"], "1 good record in the whole file.");
        await ImportAsync(admin, project, folder["pairs.jsonl"], $"{RealPrompts.Pairs} good records in the whole file.");
        foreach (var (kind, count) in PromptsOf) await MakeTasksAsync(admin, project, kind, count);

        // Both at once, as raters are.
        var pressed = await Task.WhenAll(Raters.Keys.Zip(links, (name, link) => JoinAndLabelAsync(site, link, project, name, prompts.Question)));

        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, folder["hub", "hub.db"]);
        await using var db = new RlhfHubDbContext(options.Options);
        Assert.Equal(Sorted([prompts.Question, .. prompts.Conversations]), Sorted(await ImportedTextsAsync(db)));
        Assert.Equal(prompts.Answers.Order(), (await db.Responses.Join(db.Prompts.Where(prompt => prompt.Source == "tree.jsonl"), reply => reply.PromptId, prompt => prompt.Id, (reply, _) => reply.Text).ToListAsync()).Order());
        var judgments = await JudgmentsAsync(db);
        Assert.All(Raters.Keys.Zip(pressed), rater => Assert.Equal(rater.Second.Keys.Order(), judgments.Where(judgment => judgment.Rater == rater.First).Select(judgment => judgment.Assignment).Order()));
        foreach (var rater in Raters.Keys) Assert.Equal(TasksOf.OrderBy(kind => kind.Key), judgments.Where(judgment => judgment.Rater == rater).CountBy(judgment => judgment.Kind).OrderBy(kind => kind.Key));
        Assert.All(judgments, judgment => Assert.Equal(Raters[judgment.Rater][judgment.Kind].Says, judgment.Says));
        Assert.Equal(1 + RealPrompts.Pairs, await db.Judgments.CountAsync(judgment => judgment.RaterId == null));   // those that came with the files
        Assert.All(await db.Tasks.Where(task => task.Position > 0).ToListAsync(), task => Assert.Equal((2, 2, false), (task.RequiredJudgments, task.CountedJudgments, task.IsOpen)));
        Assert.Empty(first.Complaints);
    }

    private static async Task<string> MakeByWizardAsync(IPage page)
    {
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Real questions");
        foreach (var deed in Deeds) await page.GetByLabel(deed).SetCheckedAsync(true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.Locator("#labels").FillAsync("helpful\noff topic");
        await page.Locator("#overlap").FillAsync("2");
        await page.Locator("#overlap").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Real questions" })).ToBeVisibleAsync();
        return new Uri(page.Url).Segments[2].TrimEnd('/');
    }

    private static async Task<string> InviteAsync(IPage page, string project)
    {
        await page.GotoAsync($"/projects/{project}/members");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make an invitation" }).ClickAsync();
        return await page.Locator("#new-link").InnerTextAsync();
    }

    private static async Task ImportAsync(IPage page, string project, string path, string found)
    {
        await page.GotoAsync($"/projects/{project}/import");
        await page.GetByLabel("File").SetInputFilesAsync(path);
        await Expect(page.GetByText(found)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it into the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = Path.GetFileName(path) }).GetByRole(AriaRole.Cell, new() { Name = "done", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task MakeTasksAsync(IPage page, string project, TaskKind kind, int prompts)
    {
        await page.GotoAsync($"/projects/{project}/tasks");
        await page.GetByLabel("What is asked").SelectOptionAsync($"{kind}");
        if (kind == TaskKind.Ranking) await page.GetByLabel("Replies to order").FillAsync("3");
        await page.GetByLabel("At most").FillAsync($"{prompts}");
        await page.GetByLabel("At most").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the tasks" }).ClickAsync();
        await Expect(page.GetByText(TasksOf[kind] == 1 ? "1 task is made." : $"{TasksOf[kind]} tasks are made.")).ToBeVisibleAsync();
    }

    private async Task<Dictionary<Guid, TaskKind>> JoinAndLabelAsync(SiteProcess site, string link, string project, string name, string question)
    {
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await page.GotoAsync(link);
        await page.MakeAccountAsync($"{name}@example.org", name, Password, "Make my account");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your projects");
        Dictionary<Guid, TaskKind> pressed = [];
        await page.GotoAsync($"/projects/{project}/label");
        var end = page.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits for you now" });
        while (true)
        {
            await Expect(page.Locator("[data-task]").Or(end)).ToBeVisibleAsync();
            if (await end.IsVisibleAsync()) break;
            var id = (await page.Locator("[data-task]").GetAttributeAsync("data-task"))!;
            var kind = Enum.Parse<TaskKind>((await page.ApiAsync("GET", $"projects/{project}/desk/{id}")).GetProperty("kind").GetString()!, ignoreCase: true);
            pressed.Add(Guid.Parse(id), kind);
            if (kind != TaskKind.Comparison) await Expect(page.Locator("[data-task]")).ToContainTextAsync(question);   // comparisons are of other prompts too
            if (kind == TaskKind.Chat) await Expect(page.GetByRole(AriaRole.Button, new() { Name = "A much better" })).ToBeVisibleAsync();   // both replies are there
            await page.PressAllAsync(Raters[name][kind].Keys);
            await Expect(page.Locator($"[data-task='{id}']")).ToHaveCountAsync(0);
        }
        Assert.Empty(visit.Complaints);
        return pressed;
    }

    // Conversations with a pair of replies as hh-rlhf writes them, other prompts as they are.
    private static async Task<IReadOnlyList<string>> ImportedTextsAsync(RlhfHubDbContext db)
    {
        var replies = (await db.Responses.AsNoTracking().ToListAsync()).ToLookup(reply => reply.PromptId, reply => reply.Text);
        return [.. (await db.Prompts.AsNoTracking().ToListAsync()).SelectMany(prompt => prompt.Source != "pairs.jsonl"
            ? [prompt.Messages.Single().Content]
            : replies[prompt.Id].Select(reply => string.Concat(prompt.Messages.Append(new(Message.Assistant, reply)).Select(message => $"\n\n{(message.Role == Message.User ? "Human" : "Assistant")}: {message.Content}"))))];
    }

    private static async Task<IReadOnlyList<(string Rater, Guid Assignment, TaskKind Kind, string Says)>> JudgmentsAsync(RlhfHubDbContext db)
    {
        var rows = await (from judgment in db.Judgments
                          join revision in db.JudgmentRevisions on judgment.Id equals revision.JudgmentId
                          join rater in db.Users on judgment.RaterId equals rater.Id
                          join assignment in db.Assignments on new { judgment.TaskId, judgment.RaterId } equals new { assignment.TaskId, assignment.RaterId }
                          select new { rater.Email, assignment.Id, judgment.Kind, judgment.DisplayOrder, revision.Answer }).AsNoTracking().ToListAsync();
        return [.. rows.Select(row => (row.Email!.Split('@')[0], row.Id, row.Kind, SaysOf(row.Answer, row.DisplayOrder)))];
    }

    // The database names replies by their places in the task; people press keys for what they see.
    private static string SaysOf(Answer answer, string order) => answer switch
    {
        ComparisonAnswer { Better: { } better } comparison => $"{order.IndexOf((char)('0' + better), StringComparison.Ordinal) + 1} by {comparison.Strength}",
        DemonstrationAnswer demonstration => demonstration.Text,
        RatingAnswer rating => $"{rating.Points["Helpfulness"]} {rating.Points["Harmlessness"]} {rating.Points["Honesty"]}",
        ClassificationAnswer classification => string.Join(", ", classification.Labels),
        RankingAnswer ranking => string.Join(" > ", Enumerable.Range(0, order.Length).OrderBy(shown => ranking.Ranks[order[shown] - '0']).Select(shown => shown + 1)),
        ChatAnswer { Turns: [{ DisplayOrder: { } shown } turn] } => $"{shown.IndexOf((char)('0' + turn.Chosen), StringComparison.Ordinal) + 1} by {turn.Strength}",
        _ => $"{answer}",
    };

    private static IEnumerable<string> Sorted(IEnumerable<string> texts) => texts.Order(StringComparer.Ordinal);
}
