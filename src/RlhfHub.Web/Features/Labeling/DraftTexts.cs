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

    /// <summary>Those that hold something.</summary>
    public IReadOnlyList<string> Written => [.. new[] { Text, Rationale, BetterReply }.Where(text => !string.IsNullOrWhiteSpace(text))];

    /// <summary>What was saved last, or else what was answered before.</summary>
    public static DraftTexts Of(TaskView view)
    {
        var texts = new DraftTexts
        {
            Text = (view.EarlierAnswer as DemonstrationAnswer)?.Text ?? "",
            Rationale = view.EarlierAnswer?.Rationale ?? "",
            BetterReply = (view.EarlierAnswer as ComparisonAnswer)?.BetterReply ?? "",
        };
        if (view.Draft is not null) texts.Read(view.Draft.Content);
        return texts;
    }

    /// <summary>The texts of a saved draft.</summary>
    public static DraftTexts Parse(string content)
    {
        var texts = new DraftTexts();
        texts.Read(content);
        return texts;
    }

    /// <summary>A text that may be left out.</summary>
    public static string? Given(string text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // Programs may save drafts of their own shape, and that is no reason not to show the task.
    private void Read(string content)
    {
        try
        {
            using var draft = JsonDocument.Parse(content);
            if (draft.RootElement.ValueKind != JsonValueKind.Object) return;
            Text = Read(draft, "text") ?? Text;
            Rationale = Read(draft, "rationale") ?? Rationale;
            BetterReply = Read(draft, "betterReply") ?? BetterReply;
        }
        catch (JsonException)
        {
            // None of ours.
        }
    }

    private static string? Read(JsonDocument draft, string name) => draft.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
