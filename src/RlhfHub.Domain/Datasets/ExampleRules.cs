using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>What every example keeps to, wherever it comes from: imports and exports both ask.</summary>
public static class ExampleRules
{
    /// <summary>What is wrong with an example in itself, as the end of a sentence; null when nothing is.</summary>
    public static string? Problem(Example example) => Shape(example) ?? Words(example) ?? Prompt(example);

    private static string? Shape(Example example) => example switch
    {
        PromptExample { Prompt: [] } => "its prompt is empty; expected one message at least",
        PromptExample { Prompt: [.., { Role: Message.Assistant }] } => "its prompt ends with an assistant's message, so that nothing is left to answer; expected the last to be another's",
        PreferenceExample pair when pair.Chosen.Text == pair.Rejected.Text => "its chosen and rejected reply are the same; expected two that differ",
        PreferenceExample { Margin: { } margin } when !double.IsFinite(margin) => "its margin is no finite number",
        RankingExample ranking => Places(ranking),
        ClassificationExample { Text: null, Prompt: [] } => "it has neither a text nor a conversation to label; expected one of them",
        ClassificationExample { Text: not null, Prompt: [_, ..] } => "it has both a text and a conversation to label; expected one of them",
        _ => null,
    };

    private static string? Places(RankingExample ranking)
    {
        var count = ranking.Responses.Count;
        if (count < 2) return $"it ranks {count} replies; expected two at least";
        if (ranking.Ranking.Count != count) return $"it has {ranking.Ranking.Count} places for {count} replies; expected one for each";
        foreach (var place in ranking.Ranking)
            if (place < 1 || place > count) return $"a reply has place {place}; expected 1 to {count}";
        return ranking.Ranking.Contains(1) ? null : "no reply has place 1; expected 1 for the best";
    }

    private static string? Prompt(Example example)
    {
        foreach (var message in example.Conversation)
        {
            if (!Message.Roles.Contains(message.Role)) return $"a message's role is \"{message.Role}\"; expected {string.Join(", ", Message.Roles)}";
            if (!IsUnicode(message.Content)) return "a message holds half a surrogate pair, which is no character; expected whole ones";
        }
        return null;
    }

    private static string? Words(Example example)
    {
        if (example.Id is "" || example.Source is "" || example.Split is "") return "its id, source or split is an empty text; expected none or something";
        foreach (var reply in example.Replies)
        {
            if (!IsUnicode(reply.Text)) return "a reply holds half a surrogate pair, which is no character; expected whole ones";
            if (reply.Origin is { } origin && !IsSound(origin))
                return "a reply's origin names nobody; expected a model or a person";
        }
        var (text, labels) = example switch
        {
            TextExample plain => (plain.Text, ValueList<string>.Empty),
            ClassificationExample classified => (classified.Text, classified.Labels),
            _ => (null, ValueList<string>.Empty),
        };
        string?[] texts = [text, example.Id, example.Source, example.Split, .. labels, .. example.Tags];
        return texts.All(IsUnicode) ? null : "a text holds half a surrogate pair, which is no character; expected whole ones";
    }

    private static bool IsSound(Origin origin) =>
        origin is not { Model: null, Person: null } && origin.Model is not "" && origin.Person is not "" && IsUnicode(origin.Model) && IsUnicode(origin.Person);

    private static bool IsUnicode(string? text)
    {
        if (text is null) return true;
        var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (i < 0) return true;
        for (; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
