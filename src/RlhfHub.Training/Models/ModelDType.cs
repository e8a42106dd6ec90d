using TorchSharp;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models;

/// <summary>The types that weights come in, between configs, command lines and torch.</summary>
public static class ModelDType
{
    /// <summary>The type in which a folder's model runs on a device: its own; float16 becomes float32 on a CPU, which has no fast half precision.</summary>
    public static ScalarType Of(ModelConfig config, Device device) => Parse(config.DType) switch
    {
        ScalarType.Float16 when device.type == DeviceType.CPU => ScalarType.Float32,
        ScalarType type => type,
        null => throw new ModelFileException($"{config.File}: 'torch_dtype' is '{config.DType}'; expected float32, bfloat16 or float16."),
    };

    /// <summary>The type called <c>float32</c>, <c>bfloat16</c> or <c>float16</c>; null for another name.</summary>
    public static ScalarType? Parse(string name) => name switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => null,
    };

    /// <summary>What configs call a type.</summary>
    public static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => "float32",
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are saved as float32, bfloat16 or float16."),
    };
}
