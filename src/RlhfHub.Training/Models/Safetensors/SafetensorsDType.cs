using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>The element types that can be read and written, under the names that the format gives them.</summary>
public static class SafetensorsDType
{
    // Few enough for a linear search; libtorch's own sizes are not asked for, so that a header can be checked without loading it.
    private static readonly (string Name, ScalarType Type, int SizeBytes)[] All =
    [
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The readable names, for error messages.</summary>
    public static string Names => string.Join(", ", All.Select(item => item.Name));

    /// <summary>The scalar type behind a name of the format; null when it cannot be read (<c>F8_E4M3</c>, <c>U32</c> and others).</summary>
    public static ScalarType? TypeOf(string name) => Array.Find(All, item => item.Name == name) is { Name: not null } found ? found.Type : null;

    /// <summary>The size of one element; null when the type cannot be read.</summary>
    public static int? SizeBytesOf(string name) => Array.Find(All, item => item.Name == name) is { Name: not null } found ? found.SizeBytes : null;

    /// <summary>The format's name of a scalar type; null when the format, or this library, has none (complex and quantized numbers).</summary>
    public static string? NameOf(ScalarType type) => Array.Find(All, item => item.Type == type).Name;

    internal static bool IsFloatingPoint(ScalarType type) =>
        type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;
}
