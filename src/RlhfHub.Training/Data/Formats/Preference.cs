namespace RlhfHub.Training.Data.Formats;

/// <summary>Two replies to a prompt, one of them better.</summary>
public static class Preference
{
    /// <summary>
    /// <c>{"prompt": "…", "chosen": "…", "rejected": "…"}</c>, or without 'prompt' where both replies begin with it; texts or lists of messages.
    /// 'margin' (how much better) and 'preference' (probability that the chosen one is better, 0.5 for a tie) may be there.
    /// </summary>
    public static DatasetFormat<PreferenceRow> Format { get; } = new("preference", "Two replies to a prompt, one of them better.", Parse,
    [
        """{"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}""",
        """{"chosen": "The sky is blue.", "rejected": "The sky is green.", "margin": 1.5}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "chosen": [{"role": "assistant", "content": "It is blue."}], "rejected": [{"role": "assistant", "content": "It is green."}], "preference": 0.9}""",
        """{"chosen": [{"role": "user", "content": "What color is the sky?"}, {"role": "assistant", "content": "It is blue."}], "rejected": [{"role": "user", "content": "What color is the sky?"}, {"role": "assistant", "content": "It is green."}]}""",
    ]);

    private static PreferenceRow Parse(JsonLine line, ReadOptions options)
    {
        var (prompt, chosen, rejected) = line.Has("prompt") ? Explicit(line) : Implicit(line);
        options.CheckPrompt(prompt, line.Place);
        var margin = line.Number("margin");
        var preference = line.Number("preference");
        if (preference is < 0 or > 1) throw line.Wrong(FormattableString.Invariant($"'preference' is {preference}; expected 0 to 1, the probability that 'chosen' is better."));
        var shape = line.Has("prompt") ? RowShape.Of(prompt.IsConversation, "prompt", "chosen", "rejected") : RowShape.Of(prompt.IsConversation, "chosen", "rejected");
        return new(prompt, chosen, rejected, margin, preference, line.Place, shape);
    }

    private static (Passage Prompt, Passage Chosen, Passage Rejected) Explicit(JsonLine line)
    {
        var prompt = line.Passage("prompt");
        var chosen = PromptCompletion.Reply(line, "chosen", prompt);
        var rejected = PromptCompletion.Reply(line, "rejected", prompt);
        RequireDifference(line, chosen, rejected);
        return (prompt, chosen, rejected);
    }

    private static (Passage Prompt, Passage Chosen, Passage Rejected) Implicit(JsonLine line)
    {
        var chosen = line.Passage("chosen");
        var rejected = line.Passage("rejected").RequireFormOf(chosen, "rejected", "chosen", line.Place);
        RequireDifference(line, chosen, rejected);
        var parts = ImplicitPrompt.Split(chosen, rejected)
            ?? throw line.Wrong("'chosen' and 'rejected' begin differently, so that no prompt is shared; expected both to begin with it, or a 'prompt' of its own.");
        parts.Chosen.RequireReply("chosen", line.Place);
        parts.Rejected.RequireReply("rejected", line.Place);
        return parts;
    }

    private static void RequireDifference(JsonLine line, Passage chosen, Passage rejected)
    {
        if (chosen.Key == rejected.Key) throw line.Wrong("'chosen' and 'rejected' are the same; expected two replies that differ.");
    }
}

/// <summary>Two replies to a prompt, one of them better.</summary>
/// <param name="Prompt">The prompt; what both replies share where the file gave none.</param>
/// <param name="Chosen">The better reply.</param>
/// <param name="Rejected">The other one.</param>
/// <param name="Margin">By how much the reward of the better one should exceed the other's, or null.</param>
/// <param name="SoftLabel">The probability that the chosen one is better, 0 to 1, 0.5 for a tie; null means certain.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Shape">Its fields in words.</param>
public sealed record PreferenceRow(Passage Prompt, Passage Chosen, Passage Rejected, double? Margin, double? SoftLabel, LinePlace Place, string Shape)
    : DatasetRow(Place, Shape)
{
    /// <inheritdoc/>
    public override string PromptKey => Prompt.Key;
}
