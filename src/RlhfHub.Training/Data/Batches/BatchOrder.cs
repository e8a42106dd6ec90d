using RlhfHub.Training.Generation;

namespace RlhfHub.Training.Data.Batches;

/// <summary>
/// Which examples come when: a permutation of its own for each epoch, a function of seed and epoch alone. A run that goes on at batch n needs nothing but n.
/// </summary>
public sealed class BatchOrder
{
    // As in Hugging Face's LengthGroupedSampler: examples of like length are looked for among 50 batches' worth.
    private const int BatchesInGroup = 50;

    private readonly BatchOrderOptions options;
    private readonly int count;
    private readonly IReadOnlyList<int>? lengths;
    private (long Epoch, int[][] Batches)? current;

    /// <param name="count">How many examples there are.</param>
    /// <param name="options">How they are put in order.</param>
    /// <param name="lengths">The tokens of each example; needed for <see cref="BatchOrderOptions.GroupByLength"/>.</param>
    public BatchOrder(int count, BatchOrderOptions options, IReadOnlyList<int>? lengths = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        if (options.GroupByLength && lengths?.Count != count) throw new ArgumentException("Grouping by length needs the length of every example.", nameof(lengths));
        (this.count, this.options, this.lengths) = (count, options, lengths);
        BatchesPerEpoch = options.DropLast ? Math.Max(1, count / options.BatchSize) : (count + options.BatchSize - 1) / options.BatchSize;
    }

    /// <summary>The batches of an epoch; at least one.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The examples of a batch.</summary>
    /// <param name="index">The batch since the start of training, from 0.</param>
    public IReadOnlyList<int> Batch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var epoch = index / BatchesPerEpoch;
        if (current?.Epoch != epoch) current = (epoch, Batches(epoch));
        return current.Value.Batches[index % BatchesPerEpoch];
    }

    private int[][] Batches(long epoch)
    {
        var order = options.IsShuffled ? Permutation(count, options.Seed, epoch) : [.. Enumerable.Range(0, count)];
        // What is left out is so before grouping: afterwards it would always be the short ones.
        if (options.DropLast) order = order[..Math.Min(count, BatchesPerEpoch * options.BatchSize)];
        if (!options.GroupByLength) return [.. order.Chunk(options.BatchSize)];

        var group = options.BatchSize * Math.Clamp(count / (options.BatchSize * 4), 1, BatchesInGroup);
        var batches = order.Chunk(group).SelectMany(part => part.OrderByDescending(i => lengths![i])).Chunk(options.BatchSize).ToArray();
        // Long before short would teach in that order: the batches are shuffled too, but for a last one that may be smaller.
        if (options.IsShuffled)
        {
            var places = Permutation(Math.Max(1, batches.Length - 1), options.Seed, ~epoch);
            batches = [.. places.Select(i => batches[i]), .. batches.Skip(places.Length)];
        }
        // The longest batch first: what does not fit into the memory is known at once.
        var longest = Array.IndexOf(batches, batches.Take(Math.Max(1, batches.Length - 1)).MaxBy(batch => batch.Max(i => lengths![i])));
        (batches[0], batches[longest]) = (batches[longest], batches[0]);
        return batches;
    }

    /// <summary>A permutation of 0 … count − 1 that depends on seed and epoch alone. Fisher and Yates, Knuth's algorithm P.</summary>
    internal static int[] Permutation(int count, long seed, long epoch)
    {
        // The epoch goes through the generator once by itself: seed 1 in epoch 1 must not repeat seed 2 in epoch 0.
        var stream = BitConverter.DoubleToInt64Bits(SeededUniform.At(seed, epoch));
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = (int)(SeededUniform.At(stream, i) * (i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}

/// <summary>How examples are put in order.</summary>
public sealed record BatchOrderOptions
{
    /// <summary>The examples of a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The seed of the permutations. Default 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Whether the order changes with each epoch; else it is that of the data. Default true.</summary>
    public bool IsShuffled { get; init; } = true;

    /// <summary>Whether batches are made of examples of like length, so that less is padding. Default false.</summary>
    public bool GroupByLength { get; init; }

    /// <summary>Whether a last, smaller batch of an epoch is left out, unless it is the only one. Default false.</summary>
    public bool DropLast { get; init; }
}
