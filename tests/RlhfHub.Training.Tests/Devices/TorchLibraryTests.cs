using TorchSharp;

namespace RlhfHub.Training.Tests.Devices;

public sealed class TorchLibraryTests
{
    [Fact]
    public void Load_OnThisMachine_MultipliesMatrices()
    {
        using var eye = torch.eye(3);

        using var product = eye.mm(eye);

        Assert.Equal(3f, product.sum().item<float>());
    }
}
