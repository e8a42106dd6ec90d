using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Simulation;
using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class CorpusTests
{
    private static readonly CorpusOptions Options = new() { Seed = 3, Characters = 3_000_000 };

    [Fact]
    public void Write_SameSeed_SameBytes()
    {
        var options = Options with { Characters = 200_000 };

        var (first, second, other) = (Bytes(options), Bytes(options), Bytes(options with { Seed = 4 }));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Write_KnownSeed_WritesWhatItAlwaysWrote()
    {
        var first = Corpus.Document(Options, 0);

        Assert.Equal(FirstOfSeed3, Text(first));
    }

    [Fact]
    public void Documents_AnyOrder_AreTheSame()
    {
        var streamed = Corpus.Documents(Options with { Characters = 50_000 }).Select(Text).ToArray();

        var alone = Enumerable.Range(0, streamed.Length).Reverse().Select(i => Text(Corpus.Document(Options, i))).Reverse();

        Assert.Equal(streamed, alone);
        Assert.InRange(streamed.Sum(text => text.Length), 50_000, 53_000);
    }

    [Fact]
    public void Write_Files_AreDataSetsOfOneForm()
    {
        using var folder = new TemporaryFolder();
        using (var conversations = File.Create(folder["conversations.jsonl"]))
        using (var stories = File.Create(folder["stories.jsonl"]))
            Corpus.Write(Options with { Characters = 100_000 }, conversations, stories);

        var chats = DatasetFile.Read(folder["conversations.jsonl"], LanguageModeling.Format);
        var texts = DatasetFile.Read(folder["stories.jsonl"], LanguageModeling.Format);

        Assert.All(chats, chat => Assert.Equal("assistant", chat.Text.Messages![^1].Role));
        Assert.All(texts, text => Assert.NotEmpty(text.Text.Text!));
        Assert.InRange(chats.Count / (double)texts.Count, 5, 20);
    }

    [Fact]
    public void Documents_HeldOut_AskWhatTrainingNeverAsks()
    {
        var options = Options with { Characters = 100_000, IsHeldOut = true, SystemShare = 0 };

        var chats = Corpus.Documents(options).Where(document => document.Messages is not null);

        Assert.All(chats, chat => Assert.True(SmallWorld.Recognize([.. chat.Messages!.SkipLast(1)])!.IsHeldOut));
    }

    [Fact]
    public void Documents_Statistics_AreAsOrdered()
    {
        var documents = Corpus.Documents(Options).ToArray();
        var chats = documents.Where(document => document.Messages is not null).ToArray();
        var replies = chats.Select(chat => chat.Messages![^1].Content!).ToArray();
        var judged = chats.Select(chat => ReplyJudge.Judge(SmallWorld.Recognize([.. chat.Messages!.SkipLast(1)])!, chat.Messages![^1].Content!)).ToArray();
        var words = documents.SelectMany(document => Words.Of(Text(document).Replace('|', ' '))).ToHashSet();

        Assert.All(judged, seen => Assert.True(seen.IsAcceptable));
        AssertShare(0.90, documents, document => document.Messages is not null);
        AssertShare(0.75, judged, seen => seen.Answer == AnswerGrade.Right);
        AssertShare(0.08, judged, seen => seen.Answer == AnswerGrade.Evasive);
        AssertShare(0.45, judged, seen => seen.Manners == Manners.Courteous);
        AssertShare(0.12, judged, seen => seen.Manners == Manners.Rude);
        AssertShare(0.60, judged, seen => seen.IsConcise);
        AssertShare(0.20, judged, seen => seen.IsCheerful);
        AssertShare(0.10, judged, seen => seen.IsRepetitive);
        Assert.InRange(judged.Average(seen => seen.WordCount), 8, 25);
        Assert.InRange(words.Count, 500, 900);
        Assert.InRange(replies.Distinct().Count() / (double)replies.Length, 0.8, 1);
        Assert.InRange(chats.Count(chat => chat.Messages!.Count(message => message.Role == "user") > 1) / (double)chats.Length, 0.08, 0.2);
    }

    [Fact]
    public void Write_TwoMillionTokens_TakesSeconds()
    {
        var before = Environment.CpuUsage.TotalTime;

        Corpus.Write(Options with { Characters = 9_000_000 }, Stream.Null, Stream.Null);

        // A minute for 20 million tokens. Processor time, because the machine may be busy with something else.
        Assert.InRange((Environment.CpuUsage.TotalTime - before).TotalSeconds, 0, 6);
    }

    [Fact]
    public void HeldOutPrompts_Thousand_AreDifferentAndOfAllTopics()
    {
        var prompts = Corpus.HeldOutPrompts(1, 1000).ToArray();

        Assert.Equal(1000, prompts.DistinctBy(prompt => prompt.Text).Count());
        Assert.All(prompts, prompt => Assert.True(prompt.IsHeldOut));
        Assert.Equal(SmallWorld.TopicNames.Order(), prompts.Select(prompt => prompt.Key.Topic).Distinct().Order());
    }

    private const string FirstOfSeed3 = "Hello, this is Ida.|Nice to meet you, Ida. Please tell me if I can help you.";

    private static void AssertShare<T>(double expected, IReadOnlyCollection<T> items, Func<T, bool> condition) =>
        Assert.InRange(items.Count(condition) / (double)items.Count, expected - 0.015, expected + 0.015);

    private static string Text(CorpusDocument document) => document.Text ?? string.Join('|', document.Messages!.Select(message => message.Content));

    private static byte[] Bytes(CorpusOptions options)
    {
        using var conversations = new MemoryStream();
        using var stories = new MemoryStream();
        Corpus.Write(options, conversations, stories);
        return [.. conversations.ToArray(), .. stories.ToArray()];
    }
}
