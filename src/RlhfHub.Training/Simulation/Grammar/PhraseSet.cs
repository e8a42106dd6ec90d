namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>Phrases for one purpose. A draw chooses the line first and then among its readings, so that a line with many does not drown the others.</summary>
internal sealed class PhraseSet
{
    private readonly IReadOnlyList<IReadOnlyList<Phrase>> lines;

    private PhraseSet(IEnumerable<IReadOnlyList<Phrase>> lines) => this.lines = [.. lines.Where(line => line.Count > 0)];

    public IEnumerable<Phrase> All => lines.SelectMany(line => line);

    public bool IsEmpty => lines.Count == 0;

    public static PhraseSet Of(IReadOnlyDictionary<string, WordList> lists, params IEnumerable<string> lines) =>
        new(lines.Select(line => Phrase.Expand(line, lists)));

    public PhraseSet Where(Func<Phrase, bool> condition) => new(lines.Select(line => line.Where(condition).ToArray()));

    public Phrase Pick(Dice dice) => dice.Pick(dice.Pick(lines));
}
