namespace RlhfHub.Web.Features.Labeling;

/// <summary>An order of replies as it comes into being: the best first, each either behind the one before or level with it.</summary>
public sealed class RankingOrder(int replies)
{
    private readonly List<(int Reply, int Rank)> placed = [];

    /// <summary>The replies that have a place, best first.</summary>
    public IReadOnlyList<int> Placed => [.. placed.Select(entry => entry.Reply)];

    /// <summary>Whether the next reply will be level with the last one.</summary>
    public bool TiesNext { get; private set; }

    public bool CanTie => placed.Count > 0 && !IsComplete;

    public bool IsComplete => placed.Count == replies;

    /// <summary>The order that ranks describe.</summary>
    public static RankingOrder Of(IReadOnlyList<int> ranks)
    {
        var order = new RankingOrder(ranks.Count);
        order.placed.AddRange(ranks.Select((rank, reply) => (reply, rank)).OrderBy(entry => entry.rank));
        return order;
    }

    /// <summary>Gives a reply the next place; one that has a place keeps it.</summary>
    public void Put(int reply)
    {
        if (RankOf(reply) is not null) return;
        placed.Add((reply, placed.Count == 0 ? 1 : placed[^1].Rank + (TiesNext ? 0 : 1)));
        TiesNext = false;
    }

    /// <summary>Makes the next reply level with the last one, or not, if that was said before.</summary>
    public void Tie() => TiesNext = CanTie && !TiesNext;

    /// <summary>Takes the last reply's place away.</summary>
    public void TakeBack()
    {
        if (placed.Count > 0) placed.RemoveAt(placed.Count - 1);
        TiesNext = false;
    }

    public int? RankOf(int reply) => placed.FindIndex(entry => entry.Reply == reply) is var index and >= 0 ? placed[index].Rank : null;

    /// <summary>For each reply its rank, 1 for the best.</summary>
    public IReadOnlyList<int> Ranks() => [.. placed.OrderBy(entry => entry.Reply).Select(entry => entry.Rank)];

    public override string ToString()
    {
        var places = placed.GroupBy(entry => entry.Rank).Select(level => string.Join(" = ", level.Select(entry => entry.Reply + 1)));
        return string.Join(" > ", places) + (TiesNext ? " =" : "");
    }
}
