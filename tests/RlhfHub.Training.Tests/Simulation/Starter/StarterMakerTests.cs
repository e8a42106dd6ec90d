using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Simulation.Starter;

namespace RlhfHub.Training.Tests.Simulation.Starter;

public sealed class StarterMakerTests : IDisposable
{
    private static readonly StarterOptions Tiny = new()
    {
        Characters = 20_000,
        VocabularySize = 400,
        HiddenSize = 16,
        IntermediateSize = 32,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        ValidationDocuments = 10,
        JudgedReplies = 60,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Make_Tiny_WritesAModelThatChatsAndItsCard()
    {
        var figures = Make("one", Tiny)!;

        using var text = TextModel.Load(folder["one"]);
        Assert.Equal("bfloat16", ModelConfig.Load(folder["one"]).DType);
        Assert.Equal("<|system|>Be kind.<|end|><|user|>Hi.<|end|><|assistant|>", text.Tokenizer.Decode(text.EncodeChat([new("system", "Be kind."), new("user", "Hi.")]), skipSpecialTokens: false));
        Assert.Equal([1], text.EndIds);
        Assert.Equal(60, figures.Replies.Count);
        Assert.Equal(50, File.ReadLines(folder["one", "README.md"]).SkipWhile(line => line != "| prompt | reply | judged |").Skip(2).Count(line => line.StartsWith('|')));
        Assert.True(figures.Metrics["eval_perplexity"] < Tiny.VocabularySize);
    }

    [Fact]
    public void Make_StoppedAndMadeAgain_EndsWithTheSameWeights()
    {
        var options = Tiny with { Epochs = 8 };
        Make("whole", options);
        var maker = new StarterMaker(options, folder["cut.work"], TimeProvider.System);

        var stopped = maker.Make(folder["cut"], (step, _) => { if (step == 2) RunControl.SetWant(RunFolder.Open(folder["cut.work", "run"]), RunWant.Stop); });
        RunControl.SetWant(RunFolder.Open(folder["cut.work", "run"]), RunWant.Run);
        var done = maker.Make(folder["cut"]);

        Assert.Null(stopped);
        Assert.NotNull(done);
        Assert.Equal(File.ReadAllBytes(folder["whole", "model.safetensors"]), File.ReadAllBytes(folder["cut", "model.safetensors"]));
    }

    private StarterFigures? Make(string name, StarterOptions options) => new StarterMaker(options, folder[$"{name}.work"], TimeProvider.System).Make(folder[name]);
}
