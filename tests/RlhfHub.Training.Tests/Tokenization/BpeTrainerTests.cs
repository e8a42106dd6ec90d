using System.Diagnostics;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Tests.Tokenization;

public sealed class BpeTrainerTests
{
    private static readonly string Trained = Path.Combine(Golden.Folder, "small", "trained");

    private static readonly BpeTrainerOptions TrainedOptions = new()
    {
        VocabularySize = 640,
        SpecialTokens = ["<|pad|>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"],
        BosToken = "<s>",
        EosToken = "</s>",
        PadToken = "<|pad|>",
        AddsBosToken = true,
        MaxLength = 512,
    };

    // Sennrich's own example: low five times, lower twice, newest six times, widest three times.
    [Fact]
    public void Train_HandWorkedExample_MergesInOrder()
    {
        string[] texts = [.. Enumerable.Repeat("low", 5), .. Enumerable.Repeat("lower", 2), .. Enumerable.Repeat("newest", 6), .. Enumerable.Repeat("widest", 3)];

        var trained = BpeTrainer.Train(texts, new BpeTrainerOptions());

        // (e s) and (s t) both stand nine times: the lower ids go first.
        Assert.Equal(
            ["e s", "es t", "l o", "lo w", "e w", "n ew", "new est", "d est", "i dest", "w idest", "e r", "low er"],
            trained.Merges.Select(merge => $"{merge.Left} {merge.Right}"));
        Assert.Equal(256 + 12, trained.Tokens.Count);
    }

    [Fact]
    public void Train_RunOfOneLetter_CountsPairsThatDoNotOverlap()
    {
        var trained = BpeTrainer.Train([new string('a', 8), new string('a', 8)], new BpeTrainerOptions());

        Assert.Equal(["a a", "aa aa", "aaaa aaaa"], trained.Merges.Select(merge => $"{merge.Left} {merge.Right}"));
    }

    [Fact]
    public void Train_SmallVocabulary_StopsWhenFull()
    {
        var trained = BpeTrainer.Train(Golden.Strings, new BpeTrainerOptions { VocabularySize = 300, SpecialTokens = ["<s>"] });

        Assert.Equal(300, trained.Tokens.Count);
        Assert.Equal("<s>", trained.Tokens[0]);
    }

    [Fact]
    public void Train_TextWithSpecialToken_LearnsNoTokenThatLooksLikeIt()
    {
        var trained = BpeTrainer.Train(Enumerable.Repeat("xyzzy", 50), new BpeTrainerOptions { SpecialTokens = ["xyzzy"] });

        Assert.Single(trained.Tokens, "xyzzy");
        Assert.DoesNotContain(trained.Merges, merge => merge.Left + merge.Right == "xyzzy");
    }

    [Fact]
    public void Train_SameTexts_WritesTheCommittedFile()
    {
        var trained = BpeTrainer.Train(Golden.Strings.Take(1500), TrainedOptions);
        if (Environment.GetEnvironmentVariable("RLHFHUB_WRITE_FIXTURES") == "1") trained.Save(Trained);

        Assert.Equal(File.ReadAllText(Path.Combine(Trained, "tokenizer.json")), trained.ToTokenizerJson());
        Assert.Equal(File.ReadAllText(Path.Combine(Trained, "tokenizer_config.json")), trained.ToConfigJson());
    }

    [Fact]
    public void Load_TrainedFolder_KnowsItsSpecialTokens()
    {
        var tokenizer = Tokenizer.Load(Trained);

        Assert.Equal((1, 2, 0, null), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId, tokenizer.UnknownId));
        Assert.Equal(("<s>", "</s>", "<|pad|>", null), (tokenizer.BosToken, tokenizer.EosToken, tokenizer.PadToken, tokenizer.UnknownToken));
        Assert.Equal(512, tokenizer.MaxLength);
        Assert.Equal(640, tokenizer.VocabularySize);
        Assert.Equal(1, tokenizer.Encode("hello")[0]);
        Assert.NotEqual(1, tokenizer.Encode("hello", addSpecialTokens: false)[0]);
    }

    [Theory]
    [InlineData(255, "<s>", null, "A vocabulary of 255 has no room for 256 bytes and 1 special tokens. (Parameter 'options')")]
    [InlineData(300, "x", null, "Special tokens must differ, and have two characters or more. (Parameter 'options')")]
    [InlineData(300, "<s>", "<t>", "'<t>' is not among the special tokens. (Parameter 'options')")]
    public void Train_OptionsThatContradict_SaysWhere(int size, string special, string? bos, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => BpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = size, SpecialTokens = [special], BosToken = bos }));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Train_BrokenPattern_SaysWhere()
    {
        var error = Assert.Throws<ModelFileException>(() => BpeTrainer.Train([], new BpeTrainerOptions { Pattern = "(" }));

        Assert.Equal("The trainer's pattern has an opening parenthesis without a closing one (at character 1).", error.Message);
    }

    [Fact]
    public void Train_TenMegabytes_TakesSeconds()
    {
        var random = new Random(5);
        var words = Enumerable.Range(0, 20_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => (char)('a' + random.Next(26)))])).ToArray();
        var texts = Enumerable.Range(0, 10_000).Select(_ => string.Join(' ', Enumerable.Range(0, 160).Select(_ => words[random.Next(words.Length) * random.Next(words.Length) / words.Length]))).ToArray();
        var clock = Stopwatch.StartNew();

        var trained = BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = 8000 });

        Assert.Equal(8000, trained.Tokens.Count);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
    }
}
