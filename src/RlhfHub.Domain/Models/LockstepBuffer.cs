using System.Text;

namespace RlhfHub.Domain.Models;

/// <summary>
/// Holds back texts that come at different speeds, so that what is shown of them grows alike: a reader learns nothing from which is written faster. As long as one of them may still grow, all are shown as far as the
/// slowest has come, and one that has ended goes on at the pace that they had together.
/// </summary>
/// <param name="count">How many texts.</param>
public sealed class LockstepBuffer(int count)
{
    private readonly StringBuilder[] texts = [.. Enumerable.Range(0, count).Select(_ => new StringBuilder())];
    private readonly bool[] hasEnded = new bool[count];
    private int shown;
    private int steps;

    /// <summary>Whether all have come and are shown to their ends.</summary>
    public bool IsDone => hasEnded.All(ended => ended) && texts.All(text => text.Length <= shown);

    /// <summary>What has come of a text, shown or not.</summary>
    public string Arrived(int place) => texts[place].ToString();

    /// <summary>More of a text has come.</summary>
    public void Add(int place, string piece) => texts[place].Append(piece);

    /// <summary>A text has come to its end.</summary>
    public void End(int place) => hasEnded[place] = true;

    /// <summary>Shows the next step: what of each text may be seen now.</summary>
    public IReadOnlyList<string> Step()
    {
        // Until the first of each is there, waiting for one would tell which.
        if (shown > 0 || texts.Zip(hasEnded).All(text => text.First.Length > 0 || text.Second)) shown = Math.Min(shown + Allowed(), texts.Max(text => text.Length));
        return Shown();
    }

    /// <summary>What may be seen now.</summary>
    public IReadOnlyList<string> Shown() => [.. texts.Select(text => Cut(text, shown))];

    private int Allowed()
    {
        var growing = texts.Where((text, place) => !hasEnded[place] || text.Length > shown).ToList();
        if (growing.Count == 0) return 0;
        var available = growing.Min(text => text.Length) - shown;
        if (available <= 0) return 0;
        steps++;
        // The pace so far, a little more each time, so that a burst is spread out and nobody waits long for the rest.
        var pace = Math.Max(4, (shown / steps) + 4);
        return Math.Min(available, pace);
    }

    private static string Cut(StringBuilder text, int length)
    {
        if (length >= text.Length) return text.ToString();
        // Never half of a character.
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return text.ToString(0, length);
    }
}
