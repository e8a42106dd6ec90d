using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class TrainingStateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_WhatWasWritten_IsTheSameToTheLastBit()
    {
        var random = new Random(5);
        var numbers = Enumerable.Range(0, 1000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64())).Where(double.IsFinite).Append(double.NaN).Append(double.PositiveInfinity).Append(-0.0);
        var bytes = new byte[5056];
        random.NextBytes(bytes);
        var state = new TrainingState
        {
            Step = 12,
            Epoch = 1.0 / 3,
            Data = new DataPosition(1, 96, long.MaxValue),
            TokensSeen = 1L << 40,
            ScheduleStep = 12,
            Best = new BestResult(8, "eval_loss", 0.1 + 0.2),
            RandomStates = new Dictionary<string, byte[]> { ["torch.cpu"] = bytes, ["torch.cuda:0"] = [] },
            Values = numbers.Select((value, index) => (value, index)).ToDictionary(pair => $"v{pair.index}", pair => pair.value),
            Extra = new JsonObject { ["queue"] = new JsonArray(1, 2) },
        };

        state.Write(folder.Path);
        var read = TrainingState.Read(folder.Path);

        Assert.Equal(state.RandomStates["torch.cpu"], read.RandomStates["torch.cpu"]);
        Assert.Equal(state.Values.Select(pair => BitConverter.DoubleToInt64Bits(pair.Value)), read.Values.Select(pair => BitConverter.DoubleToInt64Bits(pair.Value)));
        Assert.True(JsonNode.DeepEquals(state.Extra, read.Extra));
        Assert.Equal(state with { RandomStates = read.RandomStates, Values = read.Values, Extra = read.Extra }, read);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"step\":1,\"epoch\":0,\"data\":null}")]
    [InlineData("{\"step\":1,\"epoch\":0,\"data\":{\"epoch\":0,\"index\":0}}")]
    [InlineData("{\"step\":1,\"epoch\":0,\"data\":{\"epoch\":0,\"index\":0,\"shuffleSeed\":0},\"randomStates\":{\"torch.cpu\":\"%\"}}")]
    public void Read_NotAState_NamesTheFile(string text)
    {
        File.WriteAllText(folder["state.json"], text);

        var error = Assert.Throws<RunFolderException>(() => TrainingState.Read(folder.Path));

        Assert.StartsWith(folder["state.json"], error.Message);
    }

    [Fact]
    public void Read_NoFile_SaysSo() => Assert.Equal($"{folder["state.json"]} is missing.", Assert.Throws<RunFolderException>(() => TrainingState.Read(folder.Path)).Message);
}
