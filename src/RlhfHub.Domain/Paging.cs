using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain;

/// <summary>Part of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The part.</param>
/// <param name="Next">Where the next part begins; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Guid? Next);

/// <summary>Which part of a list is asked for. Lists run from the newest to the oldest; ids are made in order of time.</summary>
public sealed record PageRequest
{
    /// <summary>The cursor that the part before gave; null for the beginning.</summary>
    public Guid? After { get; init; }

    /// <summary>How many items at most.</summary>
    [Range(1, 500)]
    public int Limit { get; init; } = 50;

    /// <summary>Makes a part of <paramref name="rows"/>, which were read with one more than the limit.</summary>
    internal Page<T> Cut<T>(List<T> rows, Func<T, Guid> id) => rows.Count > Limit ? new(rows[..Limit], id(rows[Limit - 1])) : new(rows, null);
}
