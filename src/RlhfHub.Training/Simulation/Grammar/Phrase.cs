using System.Text;

namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>
/// One way to say something, with places for words: <c>"The colour of {the thing} is {colour}."</c>. A place names a form and a slot.
/// The same phrase writes a text and recognises it, so what the writer can write the judge can read.
/// </summary>
internal sealed class Phrase
{
    private readonly List<(string Literal, Slot? Slot)> parts = [];

    private Phrase(string text, IReadOnlyDictionary<string, WordList> lists)
    {
        Text = text;
        for (var rest = text; rest.Length > 0;)
        {
            var open = rest.IndexOf('{');
            if (open != 0) parts.Add((open < 0 ? rest : rest[..open], null));
            if (open < 0) break;
            var close = rest.IndexOf('}');
            parts.Add(("", ReadSlot(rest[(open + 1)..close], lists)));
            rest = rest[(close + 1)..];
        }
        Slots = [.. parts.Select(part => part.Slot?.Name).OfType<string>().Distinct()];
    }

    /// <summary>The phrase as it was given.</summary>
    public string Text { get; }

    /// <summary>Names of its places.</summary>
    public IReadOnlyList<string> Slots { get; }

    /// <summary>All readings of a text in which <c>[a|b]</c> stands for a choice: <c>"[What|Which] colour?"</c> makes two phrases.</summary>
    public static IReadOnlyList<Phrase> Expand(string text, IReadOnlyDictionary<string, WordList> lists)
    {
        var open = text.IndexOf('[');
        if (open < 0) return [new Phrase(text, lists)];
        var close = text.IndexOf(']');
        return [.. text[(open + 1)..close].Split('|').SelectMany(choice => Expand(text[..open] + choice + text[(close + 1)..], lists))];
    }

    /// <summary>Writes the phrase with its first letter in upper case; a place with no value draws one.</summary>
    public string Write(IReadOnlyDictionary<string, string> values, Dice dice)
    {
        var text = new StringBuilder();
        Dictionary<string, string>? drawn = null;
        foreach (var (literal, slot) in parts)
        {
            if (slot is null)
            {
                text.Append(literal);
                continue;
            }
            if (!values.TryGetValue(slot.Name, out var word) && !(drawn ??= []).TryGetValue(slot.Name, out word))
                drawn[slot.Name] = word = dice.Pick(slot.Words.All);
            text.Append(slot.Words.Surface(slot.Form, word));
        }
        text[0] = char.ToUpperInvariant(text[0]);
        return text.ToString();
    }

    /// <summary>What stands one after another: words in lower case, and slots.</summary>
    public IEnumerable<(string? Word, Slot? Slot)> Elements() => parts.SelectMany(part => part.Slot is null
        ? Words.Of(part.Literal).Select(word => ((string?)word, (Slot?)null))
        : [(null, part.Slot)]);

    private static Slot ReadSlot(string place, IReadOnlyDictionary<string, WordList> lists)
    {
        var (form, name) = place.Split(' ') is [var left, var right] ? (left, right) : ("", place);
        if (!lists.TryGetValue(name, out var words) || !words.HasForm(form)) throw new ArgumentException($"'{{{place}}}' names no known slot or form.");
        return new Slot(name, form, words);
    }
}

/// <summary>A place in a phrase.</summary>
internal sealed record Slot(string Name, string Form, WordList Words);
