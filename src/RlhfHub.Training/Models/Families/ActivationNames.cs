namespace RlhfHub.Training.Models.Families;

/// <summary>The names that configs give to activations.</summary>
internal static class ActivationNames
{
    public static Activation Read(ConfigReader config, string key, string otherwise) => config.Text(key, otherwise) switch
    {
        "silu" or "swish" => Activation.Silu,
        "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        _ => throw config.Wrong(key, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu"),
    };
}
