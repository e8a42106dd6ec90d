using System.Text.Json;
using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>A project in which something is everywhere: tasks of all six kinds, judgments, an invitation, a snapshot, a round that waits. Made through the API, as its admin.</summary>
internal static class SampleSite
{
    public static readonly string[] Kinds = ["demonstration", "comparison", "ranking", "rating", "classification", "chat"];

    private static readonly string[] Questions =
    [
        "How do I keep basil alive on a windowsill?", "Why is the sky blue at noon and red in the evening?", "Write two lines that invite a neighbour to supper.",
        "What should I check before I buy a used bicycle?", "Explain to a child why the moon changes its shape.", "My bread does not rise. What may be wrong?",
    ];

    private static readonly string[] Replies =
    [
        "Begin with what you can see, and change **one thing** at a time:\n\n- light\n- water\n- warmth\n\nWait three days before the next change.",
        "It depends. Most people are content with the first answer that they find, and often they are right.",
        "Ask somebody who has done it for years. Then do half of what they say, and write down what happens.",
    ];

    /// <summary>The settings of a project with all six kinds.</summary>
    public static object AllKinds { get; } = new
    {
        kinds = Kinds,
        comparison = new { rationale = "optional", aspects = new[] { "Truth" } },
        classification = new { labels = new[] { new { name = "helpful", description = "" }, new { name = "off topic", description = "" } } },
        showsGoldAgreement = true,
    };

    /// <summary>Makes it, and says its id. The page must be at the site and signed in.</summary>
    public static async Task<string> MakeAsync(IPage page, string name)
    {
        var project = await MakeEmptyAsync(page, name);
        foreach (var question in Questions) await page.ApiAsync("POST", $"projects/{project}/prompts", new { messages = new[] { new { role = "user", content = question } }, responses = Replies });
        foreach (var kind in Kinds) await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind });
        for (var count = 0; count < 6; count++) await AnswerAsync(page, project);
        await page.ApiAsync("PUT", $"projects/{project}/guidelines", new { seen = 0, markdown = "## What is good\n\n- **True** before helpful\n- Short before long" });
        await page.ApiAsync("POST", $"projects/{project}/invitations", new { role = "rater" });
        await page.ApiAsync("POST", $"projects/{project}/snapshots", new { name = "First week", rules = new { } });
        await page.ApiAsync("POST", $"projects/{project}/rounds", new { plan = new { stages = new[] { new { kind = "sft" }, new { kind = "reward" } } }, afterNewJudgments = 1000 });
        return project;
    }

    public static async Task<string> MakeEmptyAsync(IPage page, string name, object? settings = null) =>
        (await page.ApiAsync("POST", "projects", new { name, settings = settings ?? AllKinds })).GetProperty("id").GetString()!;

    /// <summary>A project with so many tasks of one kind.</summary>
    public static async Task<string> MakeOfKindAsync(IPage page, string kind, int prompts = 1)
    {
        var project = await MakeEmptyAsync(page, $"Only {kind}", new { kinds = new[] { kind }, classification = new { labels = new[] { new { name = "helpful" }, new { name = "off topic" } } } });
        for (var index = 0; index < prompts; index++)
        {
            var messages = new[] { new { role = "user", content = $"{index}: {Questions[index % Questions.Length]}" } };
            await page.ApiAsync("POST", $"projects/{project}/prompts", kind is "demonstration" or "chat" ? new { messages } : new { messages, responses = Replies[..(kind == "ranking" ? 3 : kind == "comparison" ? 2 : 1)] });
        }
        await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind, rankedReplies = 3 });
        return project;
    }

    private static async Task AnswerAsync(IPage page, string project)
    {
        var task = (await page.ApiAsync("POST", $"projects/{project}/desk/next", new { })).GetProperty("task");
        if (task.ValueKind == JsonValueKind.Null) return;
        var assignment = task.GetProperty("assignmentId").GetString();
        object? answer = task.GetProperty("kind").GetString() switch
        {
            "demonstration" => new { kind = "demonstration", text = "Give it light, and water when the top of the soil is dry." },
            "comparison" => new { kind = "comparison", better = 0, strength = 2, aspects = new Dictionary<string, int> { ["Truth"] = 1 } },
            _ => null,
        };
        if (answer is null) await page.ApiAsync("POST", $"projects/{project}/desk/{assignment}/hand-back");
        else await page.ApiAsync("POST", $"projects/{project}/desk/{assignment}/submission", new { answer, clientKey = Guid.NewGuid().ToString("N") });
    }
}
