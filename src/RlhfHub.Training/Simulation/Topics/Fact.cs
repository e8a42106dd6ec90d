using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>One thing that is so.</summary>
internal sealed record Fact(IReadOnlyDictionary<string, string> Asked, IReadOnlyDictionary<string, IReadOnlyList<string>> Accepted)
{
    private static readonly Dictionary<string, IReadOnlyList<string>> None = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Wrong { get; init; } = None;

    public bool IsHeldOut { get; init; }

    /// <summary>Facts from a table such as <c>"sun: yellow; cloud: white, grey"</c>.</summary>
    public static IReadOnlyList<Fact> Table(string asked, string answer, string table) =>
    [
        .. Rows(table).Select(row => new Fact(
            new Dictionary<string, string> { [asked] = row.Asked }, new Dictionary<string, IReadOnlyList<string>> { [answer] = row.Answers })),
    ];

    /// <summary>The slots of such a table: every word asked about and every answer, once.</summary>
    public static Dictionary<string, WordList> Slots(string asked, string answer, string table) => new()
    {
        [asked] = WordList.Of(Rows(table).Select(row => row.Asked)),
        [answer] = WordList.Of(Rows(table).SelectMany(row => row.Answers).Distinct()),
    };

    private static IEnumerable<(string Asked, string[] Answers)> Rows(string table) => table
        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(row => row.Split(':', StringSplitOptions.TrimEntries))
        .Select(cells => (cells[0], cells[1].Split(',', StringSplitOptions.TrimEntries)));
}
