using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models;

public sealed class DecoderTests
{
    public static TheoryData<string> Causal => new(ModelFixtures.Causal);

    [Theory]
    [MemberData(nameof(Causal))]
    public void Packed_TwoSequencesInARow_GiveWhatEachGivesAlone(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder(name));
        // A dynamic rotation stretches with the row, so rows stay within the trained length here.
        var (first, second) = (tensor(new long[,] { { 5, 6, 7 } }), tensor(new long[,] { { 1, 2, 3, 4 } }));

        var packed = model.Decoder.Packed(
            tensor(new long[,] { { 5, 6, 7, 1, 2, 3, 4 } }), tensor(new long[,] { { 0, 0, 0, 1, 1, 1, 1 } }), tensor(new long[,] { { 0, 1, 2, 0, 1, 2, 3 } }));

        Assert.True(packed[0, ..3].allclose(model.Decoder.forward(first)[0], 1e-4, 1e-5));
        Assert.True(packed[0, 3..].allclose(model.Decoder.forward(second)[0], 1e-4, 1e-5));
    }

    [Theory]
    [InlineData("qwen2", false)]
    [InlineData("neox-parallel", false)]
    [InlineData("gpt2", true)]
    [InlineData("llama-gqa-tied", true)]
    public void GradientCheckpointing_EveryGradient_IsTheSameToTheLastBit(string name, bool withAdapter)
    {
        var plain = Gradients(name, withAdapter, isCheckpointed: false);
        var checkpointed = Gradients(name, withAdapter, isCheckpointed: true);

        Assert.NotEmpty(plain);
        Assert.Equal(plain.Keys.Order(), checkpointed.Keys.Order());
        foreach (var (key, gradient) in plain) Assert.Equal(gradient, checkpointed[key]);
    }

    [Fact]
    public void GradientCheckpointing_ManySteps_LeavesNoTensorBehind()
    {
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder("qwen2"));
        model.Decoder.UsesGradientCheckpointing = true;
        Step();
        var before = Tensor.TotalCount;

        for (var i = 0; i < 20; i++) Step();

        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            model.zero_grad();
            model.forward(tensor(new long[,] { { 1, 2, 3 } })).sum().backward();
        }
    }

    private static Dictionary<string, float[]> Gradients(string name, bool withAdapter, bool isCheckpointed)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadCausal(ModelFixtures.Folder(name));
        manual_seed(4);
        using var adapter = withAdapter ? new LoraMethod().Attach(model, new LoraOptions { Dropout = 0.3 }) : null;
        if (adapter is not null)
        {
            adapter.train();
            using var noGrad = no_grad();
            foreach (var parameter in adapter.parameters()) nn.init.normal_(parameter, 0, 0.3);
        }
        model.Decoder.UsesGradientCheckpointing = isCheckpointed;

        manual_seed(5);
        model.forward(tensor(new long[,] { { 1, 2, 3, 4, 5 } })).log_softmax(-1).narrow(-1, 0, 7).sum().backward();

        return (adapter is null ? model.Decoder.named_parameters() : adapter.named_parameters()).ToDictionary(item => item.name, item => item.parameter.grad!.data<float>().ToArray());
    }
}
