using System.Text.Json;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>The texts of an unfinished answer, by the names that the page's script saves them under.</summary>
public sealed class DraftTexts
{
    /// <summary>The reply of a demonstration.</summary>
    public string Text { get; set; } = "";

    /// <summary>Why.</summary>
    public string Rationale { get; set; } = "";

    /// <summary>A better reply than those shown.</summary>
    public string BetterReply { get; set; } = "";

    /// <summary>What was saved last, or else what was answered before.</summary>
    public static DraftTexts Of(TaskView view)
    {
        var texts = new DraftTexts
        {
            Text = (view.EarlierAnswer as DemonstrationAnswer)?.Text ?? "",
            Rationale = view.EarlierAnswer?.Rationale ?? "",
            BetterReply = (view.EarlierAnswer as ComparisonAnswer)?.BetterReply ?? "",
        };
        if (view.Draft is null) return texts;
        using var draft = Parse(view.Draft.Content);
        if (draft?.RootElement.ValueKind != JsonValueKind.Object) return texts;
        texts.Text = Read(draft, "text") ?? texts.Text;
        texts.Rationale = Read(draft, "rationale") ?? texts.Rationale;
        texts.BetterReply = Read(draft, "betterReply") ?? texts.BetterReply;
        return texts;
    }

    /// <summary>A text that may be left out.</summary>
    public static string? Given(string text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // Programs may save drafts of their own shape, and that is no reason not to show the task.
    private static JsonDocument? Parse(string content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Read(JsonDocument draft, string name) => draft.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
