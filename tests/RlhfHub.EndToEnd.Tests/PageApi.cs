using System.Text.Json;
using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The API, called from inside a page with its cookie, as the site's own scripts call it.</summary>
internal static class PageApi
{
    private const string Call = """
        async ([method, path, body]) => {
          const token = await (await fetch('/api/v1/me/antiforgery')).json();
          const response = await fetch('/api/v1/' + path, { method, headers: { 'Content-Type': 'application/json', [token.header]: token.value }, body: body ?? undefined });
          const text = await response.text();
          if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
          return text || 'null';
        }
        """;

    public static async Task<JsonElement> ApiAsync(this IPage page, string method, string path, object? body = null)
    {
        var text = await page.EvaluateAsync<string>(Call, new object?[] { method, path, body is null ? null : JsonSerializer.Serialize(body) });
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Makes a project with so many comparisons that wait in it.</summary>
    public static async Task<string> MakeProjectAsync(this IPage page, string name, int comparisons, object? settings = null, string? longText = null)
    {
        var project = (await page.ApiAsync("POST", "projects", new { name, settings = settings ?? new { kinds = new[] { "comparison" } } })).GetProperty("id").GetString()!;
        await page.AddComparisonsAsync(project, comparisons, longText);
        return project;
    }

    public static async Task AddComparisonsAsync(this IPage page, string project, int count, string? longText = null)
    {
        for (var index = 0; index < count; index++)
            await page.ApiAsync("POST", $"projects/{project}/prompts", new
            {
                messages = new[] { new { role = "user", content = $"Question {index}: {(index % 2 == 1 ? "ما هي عاصمة فرنسا؟" : "how do I keep basil alive on a windowsill?")}" } },
                responses = new[] { $"Reply one of {index}. {longText}", $"Reply two of {index}, which is another. It says: water it when the top of the soil is dry." },
            });
        await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind = "comparison" });
    }
}
