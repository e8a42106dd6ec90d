using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Fills a model's parameters and buffers from files, all or nothing.</summary>
public static class StateDict
{
    /// <summary>How many names of each kind of misfit a message lists.</summary>
    private const int MaxListed = 20;

    /// <summary>
    /// Copies every tensor of the source into the target of its name, converting its type. All names, shapes and types are compared first: a misfit
    /// leaves every target as it was. A target may be a view (a transposed or narrowed parameter). Floating-point numbers never go into integers, or
    /// the other way.
    /// </summary>
    /// <param name="source">The weights.</param>
    /// <param name="targets">The tensors to fill, by the names of the files.</param>
    /// <param name="mayBeMissing">Whether a target may keep what it holds when the source lacks its name; none may when null.</param>
    /// <param name="mayBeUnexpected">Whether a tensor of the source may go unused, for instance <c>*.rotary_emb.inv_freq</c>; none may when null.</param>
    /// <exception cref="ModelFileException">The source does not fit; the message lists every kind of misfit at once, and up to 20 names of each.</exception>
    public static void Load(
        ISafetensorsSource source, IReadOnlyDictionary<string, Tensor> targets,
        Func<string, bool>? mayBeMissing = null, Func<string, bool>? mayBeUnexpected = null)
    {
        Check(source, targets, mayBeMissing ?? (_ => false), mayBeUnexpected ?? (_ => false));
        foreach (var name in source.Entries.Keys) // the files' order, so that they are read from front to back
        {
            if (targets.TryGetValue(name, out var target)) source.CopyTo(name, target);
        }
    }

    private static void Check(
        ISafetensorsSource source, IReadOnlyDictionary<string, Tensor> targets, Func<string, bool> mayBeMissing, Func<string, bool> mayBeUnexpected)
    {
        var missing = targets.Keys.Where(name => !source.Entries.ContainsKey(name) && !mayBeMissing(name));
        var unexpected = source.Entries.Keys.Where(name => !targets.ContainsKey(name) && !mayBeUnexpected(name));
        var misshapen = new List<string>();
        var mistyped = new List<string>();
        foreach (var (name, entry) in source.Entries)
        {
            if (!targets.TryGetValue(name, out var target)) continue;
            if (!entry.Shape.SequenceEqual(target.shape))
                misshapen.Add($"{MessageText.Quote(name)} ({MessageText.Shape(entry.Shape)}, expected {MessageText.Shape(target.shape)})");
            if (!IsConvertible(entry.DType, target.dtype))
                mistyped.Add($"{MessageText.Quote(name)} ({MessageText.Quote(entry.DType)} into {target.dtype})");
        }

        string?[] misfits =
        [
            List("missing", [.. missing.Order(StringComparer.Ordinal).Select(MessageText.Quote)]),
            List("unexpected", [.. unexpected.Order(StringComparer.Ordinal).Select(MessageText.Quote)]),
            List("of another shape", misshapen),
            List("of a type that does not fit", mistyped),
        ];
        if (misfits.Any(misfit => misfit is not null))
            throw new ModelFileException($"{source.Location} does not fit the model: {string.Join("; ", misfits.Where(misfit => misfit is not null))}.");
    }

    private static bool IsConvertible(string dtype, ScalarType target) =>
        SafetensorsDType.TypeOf(dtype) is { } type && SafetensorsDType.IsFloatingPoint(type) == SafetensorsDType.IsFloatingPoint(target);

    private static string? List(string kind, List<string> names)
    {
        if (names.Count == 0) return null;
        var rest = names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "";
        return $"{names.Count} {(names.Count == 1 ? "tensor is" : "tensors are")} {kind}: {string.Join(", ", names.Take(MaxListed))}{rest}";
    }
}
