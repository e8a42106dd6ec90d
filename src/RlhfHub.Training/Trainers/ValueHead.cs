using RlhfHub.Training.Models.Layers;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Trainers;

/// <summary>Predicts the reward to come from the policy's hidden states: one hidden layer as wide as the model, then one number. Begins as 0 everywhere.</summary>
/// <remarks>
/// It stands on detached hidden states: no second backbone is needed, and the value loss cannot pull the policy about, which a head with shared gradients does
/// until it has learned something. One hidden layer makes up for features that nobody trains for it.
/// </remarks>
internal sealed class ValueHead : Module<Tensor, Tensor>
{
    private const string FileName = "value_head.safetensors";

    private readonly Linear inner;
    private readonly Linear output;

    public ValueHead(int hiddenSize, Device device, long seed) : base(nameof(ValueHead))
    {
        inner = new Linear(hiddenSize, hiddenSize, true, ScalarType.Float32, device);
        output = new Linear(hiddenSize, 1, true, ScalarType.Float32, device);
        RegisterComponents();
        foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
        manual_seed(seed);
        using var noGrad = no_grad();
        init.normal_(inner.weight, 0, 1 / Math.Sqrt(hiddenSize));
        init.zeros_(inner.bias!);
        init.zeros_(output.weight);
        init.zeros_(output.bias!);
    }

    public override Tensor forward(Tensor hidden)   // (…, hidden) -> (…)
    {
        using var scope = NewDisposeScope();
        return output.forward(inner.forward(hidden.detach().to(ScalarType.Float32)).tanh()).squeeze(-1).MoveToOuterDisposeScope();
    }

    public void Save(string folder)
    {
        using var noGrad = no_grad();
        SafetensorsWriter.Write(Path.Combine(folder, FileName), [.. named_parameters().Select(item => KeyValuePair.Create(item.name, (Tensor)item.parameter))]);
    }

    public void Restore(string folder)
    {
        using var noGrad = no_grad();
        using var file = SafetensorsFile.Open(Path.Combine(folder, FileName));
        StateDict.Load(file, named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter));
    }
}
