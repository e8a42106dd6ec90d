namespace RlhfHub.Training.Models.Safetensors;

/// <summary>One tensor of a safetensors file: what it is called, what it is, and where its bytes lie.</summary>
public sealed record SafetensorsEntry
{
    /// <summary>The tensor's name, for instance <c>model.layers.0.self_attn.q_proj.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The element type as the file spells it, for instance <c>BF16</c>. See <see cref="SafetensorsDType"/> for those that can be read.</summary>
    public required string DType { get; init; }

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Where the tensor's bytes begin, counted from the start of the file.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>How many bytes the tensor takes in the file.</summary>
    public required long SizeBytes { get; init; }
}
