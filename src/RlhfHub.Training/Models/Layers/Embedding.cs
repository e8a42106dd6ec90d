using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models.Layers;

/// <summary>Rows of a table by index.</summary>
internal sealed class Embedding : Module<Tensor, Tensor>
{
    public readonly Parameter weight;

    public Embedding(int count, int width, ScalarType dtype, Device device) : base(nameof(Embedding))
    {
        weight = Parameter(empty(count, width, dtype: dtype, device: device));
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)   // (batch, time) -> (batch, time, width)
    {
        using var scope = NewDisposeScope();
        return weight.index_select(0, ids.reshape(-1)).view(ids.size(0), ids.size(1), weight.size(1)).MoveToOuterDisposeScope();
    }
}
