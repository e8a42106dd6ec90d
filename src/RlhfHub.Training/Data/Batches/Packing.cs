using RlhfHub.Training.Data.Tokens;

namespace RlhfHub.Training.Data.Batches;

/// <summary>
/// Fills rows with whole examples, so that little is padding: best fit decreasing, TRL's 'bfd'. Ding et al. 2024, https://arxiv.org/abs/2404.10830.
/// </summary>
public static class Packing
{
    /// <summary>Every example once, in rows of at most <paramref name="maxLength"/> tokens. The same examples always give the same rows.</summary>
    /// <param name="examples">The examples, already truncated to the row's length.</param>
    /// <param name="maxLength">The length of a row.</param>
    /// <exception cref="ArgumentException">An example is empty or longer than a row.</exception>
    public static IReadOnlyList<PackedRow> BestFitDecreasing(IReadOnlyList<TokenSequence> examples, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var rows = new List<List<TokenSequence>>();
        // Rows by the space that is left in them; the set finds the smallest space that is enough.
        var bySpace = new Dictionary<int, Queue<List<TokenSequence>>>();
        var spaces = new SortedSet<int>();
        foreach (var example in examples.OrderByDescending(example => example.Ids.Length))
        {
            var length = example.Ids.Length;
            if (length < 1 || length > maxLength) throw new ArgumentException($"{example.Place}: the example has {length} tokens; expected 1 to {maxLength}.", nameof(examples));
            // 0, which is no space, where none is enough.
            var space = spaces.GetViewBetween(length, maxLength).Min;
            List<TokenSequence> row;
            if (space == 0)
            {
                rows.Add(row = []);
                space = maxLength;
            }
            else
            {
                row = bySpace[space].Dequeue();
                if (bySpace[space].Count == 0) spaces.Remove(space);
            }
            row.Add(example);
            space -= length;
            if (space == 0) continue;
            if (!bySpace.TryGetValue(space, out var queue)) bySpace[space] = queue = new();
            queue.Enqueue(row);
            spaces.Add(space);
        }
        return [.. rows.Select(row => new PackedRow(row))];
    }
}

/// <summary>Examples that share a row of a batch.</summary>
/// <param name="Parts">The examples, in their order in the row.</param>
public sealed record PackedRow(IReadOnlyList<TokenSequence> Parts)
{
    /// <summary>All their tokens.</summary>
    public int Length { get; } = Parts.Sum(part => part.Ids.Length);
}
