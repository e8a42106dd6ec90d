namespace RlhfHub.Web.Features.Labeling;

/// <summary>An order of replies as it comes into being: the best first, each either behind the one before or level with it. It begins as the replies are shown; the first key that names a reply begins anew.</summary>
public sealed class RankingOrder
{
    private readonly List<(int Reply, bool IsLevel)> placed;
    private readonly int replies;

    public RankingOrder(int replies)
    {
        this.replies = replies;
        placed = [.. Enumerable.Range(0, replies).Select(reply => (reply, false))];
    }

    /// <summary>Whether nobody has changed it since it was shown.</summary>
    public bool IsUntouched { get; private set; } = true;

    /// <summary>The replies that have a place, best first.</summary>
    public IReadOnlyList<int> Placed => [.. placed.Select(entry => entry.Reply)];

    /// <summary>Whether the next reply will be level with the last one.</summary>
    public bool TiesNext { get; private set; }

    public bool CanTie => !IsUntouched && placed.Count > 0 && !IsComplete;

    public bool IsComplete => placed.Count == replies;

    /// <summary>The order that ranks describe.</summary>
    public static RankingOrder Of(IReadOnlyList<int> ranks)
    {
        var order = new RankingOrder(ranks.Count) { IsUntouched = false };
        var sorted = ranks.Select((rank, reply) => (reply, rank)).OrderBy(entry => entry.rank).ToList();
        order.placed.Clear();
        order.placed.AddRange(sorted.Select((entry, index) => (entry.reply, index > 0 && sorted[index - 1].rank == entry.rank)));
        return order;
    }

    /// <summary>Gives a reply the next place; one that has a place keeps it.</summary>
    public void Put(int reply)
    {
        Touch();
        if (RankOf(reply) is not null) return;
        placed.Add((reply, placed.Count > 0 && TiesNext));
        TiesNext = false;
    }

    /// <summary>Makes the next reply level with the last one, or not, if that was said before.</summary>
    public void Tie() => TiesNext = CanTie && !TiesNext;

    /// <summary>Makes a reply that has a place level with the one above it, or not, if it is.</summary>
    public void ToggleLevel(int reply)
    {
        var index = IndexOf(reply);
        if (index < 1) return;
        IsUntouched = false;
        placed[index] = (reply, !placed[index].IsLevel);
    }

    /// <summary>Takes the last reply's place away.</summary>
    public void TakeBack()
    {
        Touch();
        if (placed.Count > 0) placed.RemoveAt(placed.Count - 1);
        TiesNext = false;
    }

    /// <summary>Moves a reply to another line of the list, 0 for the top. Between two level ones it becomes level with them.</summary>
    public void Move(int reply, int line)
    {
        var from = IndexOf(reply);
        line = Math.Clamp(line, 0, placed.Count - 1);
        if (from < 0 || from == line) return;
        (IsUntouched, TiesNext) = (false, false);
        var wasLevel = placed[from].IsLevel;
        placed.RemoveAt(from);
        if (from < placed.Count && !wasLevel) placed[from] = (placed[from].Reply, false);
        placed.Insert(line, (reply, line > 0 && line < placed.Count && placed[line].IsLevel));
    }

    /// <summary>The line of a reply; -1 while it has none.</summary>
    public int IndexOf(int reply) => placed.FindIndex(entry => entry.Reply == reply);

    public bool IsLevel(int reply) => IndexOf(reply) is var index and > 0 && placed[index].IsLevel;

    public int? RankOf(int reply) => IndexOf(reply) is var index and >= 0 ? placed.Take(index + 1).Count(entry => !entry.IsLevel) : null;

    /// <summary>For each reply its rank, 1 for the best.</summary>
    public IReadOnlyList<int> Ranks() => [.. placed.Select(entry => entry.Reply).Order().Select(reply => RankOf(reply)!.Value)];

    public override string ToString() =>
        string.Concat(placed.Select((entry, index) => $"{(index == 0 ? "" : entry.IsLevel ? " = " : " > ")}{entry.Reply + 1}")) + (TiesNext ? " =" : "");

    private void Touch()
    {
        if (IsUntouched) placed.Clear();
        IsUntouched = false;
    }
}
