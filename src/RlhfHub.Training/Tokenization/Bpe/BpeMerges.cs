namespace RlhfHub.Training.Tokenization.Bpe;

/// <summary>The merges of a BPE model by the pair they join.</summary>
internal sealed class BpeMerges
{
    private readonly Dictionary<long, Merge> merges;

    public BpeMerges(int capacity) => merges = new Dictionary<long, Merge>(capacity);

    /// <summary>Sets what two neighbours become. A pair named twice keeps the later line, as in the library that the format comes from.</summary>
    public void Set(int left, int right, int rank, int result) => merges[Key(left, right)] = new Merge(rank, result);

    /// <summary>Merges until nothing can be merged: always the earliest learned pair, the leftmost first. O(n log n) for n symbols.</summary>
    public int[] Apply(List<int> symbols)
    {
        if (symbols.Count < 2) return [.. symbols];
        var ids = symbols.ToArray();
        var next = new int[ids.Length];
        var previous = new int[ids.Length];
        var queue = new PriorityQueue<Candidate, long>();
        for (var i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            if (i + 1 < ids.Length) Propose(queue, ids, i, i + 1);
        }
        while (queue.TryDequeue(out var candidate, out _))
        {
            var (left, result) = candidate;
            if (ids[left] < 0 || next[left] >= ids.Length) continue;
            var right = next[left];
            // An entry is stale when other merges have changed its pair since.
            if (!merges.TryGetValue(Key(ids[left], ids[right]), out var merge) || merge.Result != result) continue;
            ids[left] = result;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < ids.Length) previous[next[left]] = left;
            if (previous[left] >= 0) Propose(queue, ids, previous[left], left);
            if (next[left] < ids.Length) Propose(queue, ids, left, next[left]);
        }
        return Array.FindAll(ids, id => id >= 0);
    }

    private void Propose(PriorityQueue<Candidate, long> queue, int[] ids, int left, int right)
    {
        if (merges.TryGetValue(Key(ids[left], ids[right]), out var merge)) queue.Enqueue(new Candidate(left, merge.Result), Key(merge.Rank, left));
    }

    private static long Key(int left, int right) => (long)left << 32 | (uint)right;

    private readonly record struct Merge(int Rank, int Result);

    private readonly record struct Candidate(int Left, int Result);
}
