using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RlhfHub.Training.Data.Splits;

/// <summary>Sets rows aside for validation by their prompts: all rows of a prompt land on the same side, in whatever file or order they come.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Validation">What is measured on; may be empty.</param>
/// <typeparam name="TRow">The kind of row.</typeparam>
public sealed record TrainValidationSplit<TRow>(IReadOnlyList<TRow> Train, IReadOnlyList<TRow> Validation)
    where TRow : DatasetRow
{
    /// <summary>Splits rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="validationShare">The share of the prompts for validation, 0 to 1; met on average, since every prompt is decided alone.</param>
    /// <param name="seed">Another seed, another split.</param>
    public static TrainValidationSplit<TRow> Of(IReadOnlyList<TRow> rows, double validationShare, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(validationShare, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validationShare, 1);
        var sides = rows.ToLookup(row => Place(row.PromptKey, seed) < validationShare);
        return new([.. sides[false]], [.. sides[true]]);
    }

    // A number in [0, 1) of its own for every prompt.
    private static double Place(string key, long seed)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{key}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
