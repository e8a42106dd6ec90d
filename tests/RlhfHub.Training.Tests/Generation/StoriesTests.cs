using System.Text.Json;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Generation;

/// <summary>A real trained model against an independent implementation of it.</summary>
public sealed class StoriesTests
{
    [TestDataFact("stories260K")]
    public void Greedy_FromBos_GivesTheReferenceIds()
    {
        var expected = Numbers("greedy_from_bos").Select(id => (int)id).ToArray();
        using var model = ModelFolder.LoadCausal(TestData.Folder("stories260K"));
        var request = new GenerationRequest { Prompt = [expected[0]], Options = new() { Temperature = 0, MaxNewTokens = expected.Length - 1 } };

        var result = TextGenerator.Run(model, null, [request], endIds: []).Single();

        Assert.Equal(expected[1..], result.Tokens);
    }

    [TestDataFact("stories260K")]
    public void Logits_OfTheReferenceIds_AreWithinOneTenThousandth()
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadCausal(TestData.Folder("stories260K"));

        var logits = model.forward(tensor(Numbers("ids").Select(id => (long)id).ToArray()).unsqueeze(0))[0, -1];

        var expected = Numbers("last_logits_first8");
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], logits[i].item<float>(), 1e-4);
    }

    private static double[] Numbers(string key)
    {
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData.Folder("stories260K"), "reference.json")));
        return [.. reference.RootElement.GetProperty(key).EnumerateArray().Select(number => number.GetDouble())];
    }
}
