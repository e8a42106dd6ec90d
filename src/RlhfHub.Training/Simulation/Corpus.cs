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

    /// <summary>Share of conversations that begin with a system message, which asks for nothing that the replies do not do anyway.</summary>
    [Range(0, 1)]
    public double SystemShare { get; init; } = 0.05;

    /// <summary>Whether the prompts are worded as training never words them: what a model is to be measured on.</summary>
    public bool IsHeldOut { get; init; }

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
    private static readonly string[] SystemTexts =
    [
        "You are a friendly assistant.", "You are a helpful assistant.", "You are a small and kind assistant.", "Answer the question.", "Be kind and keep it short.",
        "You talk with children about simple things.",
    ];

    // Plain JSON in UTF-8: escaping apostrophes would only make the file longer.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document with this number.</summary>
    /// <param name="options">What the corpus holds; its length does not matter here.</param>
    /// <param name="index">From 0.</param>
    public static CorpusDocument Document(CorpusOptions options, long index)
    {
        var dice = Dice.For(options.Seed, index);
        if (dice.Chance(options.PlainStoryShare)) return new CorpusDocument(null, PlainStory(dice));
        var prompt = SmallWorld.Draw(dice, options.IsHeldOut, options.Replies.Draw(dice));
        var reply = new ChatMessage("assistant", ReplyWriter.Write(prompt.Key, options.Replies.Draw(dice), dice));
        ChatMessage[] system = dice.Chance(options.SystemShare) ? [new("system", dice.Pick(SystemTexts))] : [];
        return new CorpusDocument([.. system, .. prompt.Messages, reply], null);
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

    /// <summary>Writes the corpus in two files, because a data set has lines of one form: <c>{"messages":[{"role":"user","content":"…"},…]}</c> and <c>{"text":"…"}</c>.</summary>
    /// <param name="options">What the corpus holds.</param>
    /// <param name="conversations">Where the conversations go.</param>
    /// <param name="stories">Where the plain stories go.</param>
    public static void Write(CorpusOptions options, Stream conversations, Stream stories)
    {
        using var conversationLines = new LineWriter(conversations);
        using var storyLines = new LineWriter(stories);
        foreach (var document in Documents(options))
        {
            if (document.Messages is { } messages) conversationLines.Write(json => WriteMessages(json, "messages", messages));
            else storyLines.Write(json => json.WriteString("text", document.Text));
        }
    }

    /// <summary>Writes prompts worded as training never words them, one a line: <c>{"prompt":[{"role":"user","content":"…"}]}</c>.</summary>
    /// <param name="seed">Which of the possible prompts.</param>
    /// <param name="count">How many.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteHeldOutPrompts(long seed, int count, Stream stream)
    {
        using var lines = new LineWriter(stream);
        foreach (var prompt in HeldOutPrompts(seed, count)) lines.Write(json => WriteMessages(json, "prompt", prompt.Messages));
    }

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

    /// <summary>JSON objects, one a line.</summary>
    private sealed class LineWriter(Stream stream) : IDisposable
    {
        private readonly Utf8JsonWriter json = new(stream, Json);

        public void Write(Action<Utf8JsonWriter> writeFields)
        {
            json.WriteStartObject();
            writeFields(json);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }

        public void Dispose() => json.Dispose();
    }
}
