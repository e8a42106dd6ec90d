using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Simulation;

/// <summary>What a corpus holds.</summary>
public sealed record CorpusOptions
{
    /// <summary>Which of the possible corpora: the same seed writes the same bytes.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Length of all texts in characters without roles and markup; a token is about four with a vocabulary of 1,536.</summary>
    [Range(1, 10_000_000_000)]
    public long Characters { get; init; } = 60_000_000;

    /// <summary>Share of documents that are a tiny story and no conversation.</summary>
    [Range(0, 1)]
    public double PlainStoryShare { get; init; } = 0.1;

    /// <summary>What the replies are like.</summary>
    public ReplyStyleShares Replies { get; init; } = new();
}

/// <summary>A conversation or, with no messages, a plain text.</summary>
/// <param name="Messages">The turns, or null.</param>
/// <param name="Text">The plain text, or null.</param>
public sealed record CorpusDocument(IReadOnlyList<ChatMessage>? Messages, string? Text)
{
    /// <summary>Length of its texts in characters.</summary>
    public int Characters => Messages?.Sum(message => message.Content!.Length) ?? Text!.Length;
}

/// <summary>
/// The text on which the starter model is trained: conversations whose replies differ in quality, and plain stories. Each document is drawn by its own
/// number, so that any part can be made alone, in any order, at once.
/// </summary>
public static class Corpus
{
    // Plain JSON in UTF-8: escaping apostrophes would only make the file longer.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document with this number.</summary>
    /// <param name="options">What the corpus holds; its length does not matter here.</param>
    /// <param name="index">From 0.</param>
    public static CorpusDocument Document(CorpusOptions options, long index)
    {
        var dice = Dice.For(options.Seed, index);
        if (dice.Chance(options.PlainStoryShare)) return new CorpusDocument(null, PlainStory(dice));
        var prompt = SmallWorld.Draw(dice, isHeldOut: false, options.Replies.Draw(dice));
        return new CorpusDocument([.. prompt.Messages, new("assistant", ReplyWriter.Write(prompt.Key, options.Replies.Draw(dice), dice))], null);
    }

    /// <summary>Documents until the wanted length is reached.</summary>
    /// <param name="options">What the corpus holds.</param>
    public static IEnumerable<CorpusDocument> Documents(CorpusOptions options)
    {
        const int block = 4096;
        var left = options.Characters;
        for (long start = 0; left > 0; start += block)
        {
            var from = start;
            var documents = new CorpusDocument[block];
            Parallel.For(0, block, i => documents[i] = Document(options, from + i));
            foreach (var document in documents)
            {
                if (left <= 0) yield break;
                left -= document.Characters;
                yield return document;
            }
        }
    }

    /// <summary>Writes the corpus, one document a line: <c>{"messages":[{"role":"user","content":"…"},…]}</c> or <c>{"text":"…"}</c>.</summary>
    /// <param name="options">What the corpus holds.</param>
    /// <param name="stream">Where to.</param>
    /// <returns>How many documents were written.</returns>
    public static long Write(CorpusOptions options, Stream stream) => WriteLines(Documents(options), stream, (json, document) =>
    {
        if (document.Messages is null) json.WriteString("text", document.Text);
        else WriteMessages(json, "messages", document.Messages);
    });

    /// <summary>Writes prompts worded as training never words them, one a line: <c>{"prompt":[{"role":"user","content":"…"}]}</c>.</summary>
    /// <param name="seed">Which of the possible prompts.</param>
    /// <param name="count">How many.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteHeldOutPrompts(long seed, int count, Stream stream) =>
        WriteLines(HeldOutPrompts(seed, count), stream, (json, prompt) => WriteMessages(json, "prompt", prompt.Messages));

    /// <summary>Different prompts worded as training never words them.</summary>
    /// <param name="seed">Which of the possible prompts.</param>
    /// <param name="count">How many.</param>
    public static IEnumerable<SimulatedPrompt> HeldOutPrompts(long seed, int count) => Different(index => SmallWorld.HeldOutPrompt(seed, index), count);

    /// <summary>Different prompts worded as in training, for demonstrations and comparisons.</summary>
    /// <param name="seed">Which of the possible prompts.</param>
    /// <param name="count">How many.</param>
    public static IEnumerable<SimulatedPrompt> TrainingPrompts(long seed, int count) => Different(index => SmallWorld.TrainingPrompt(seed, index), count);

    private static IEnumerable<SimulatedPrompt> Different(Func<long, SimulatedPrompt> prompt, int count)
    {
        // There are tens of thousands of each kind; nobody should wait for more than there are.
        var most = 1000L + 100L * count;
        return Enumerable.InfiniteSequence(0L, 1L).TakeWhile(index => index < most).Select(prompt).DistinctBy(p => p.Text).Take(count);
    }

    private static string PlainStory(Dice dice)
    {
        var topic = SmallWorld.Topics.First(topic => topic.IsStory);
        return ReplyWriter.Write(dice.Pick(topic.Keys), new ReplyStyle(AnswerGrade.Right, Manners.Plain, 0, false, false), dice);
    }

    private static void WriteMessages(Utf8JsonWriter json, string name, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray(name);
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static long WriteLines<T>(IEnumerable<T> items, Stream stream, Action<Utf8JsonWriter, T> write)
    {
        using var json = new Utf8JsonWriter(stream, Json);
        long count = 0;
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
            count++;
        }
        return count;
    }
}
