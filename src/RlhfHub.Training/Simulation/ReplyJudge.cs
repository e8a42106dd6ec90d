using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Simulation.Topics;

namespace RlhfHub.Training.Simulation;

/// <summary>
/// Judges any text as a reply to a prompt, sentence by sentence and the same every time. A sentence is known if the grammar can say it, whatever words it
/// puts into its slots; case and commas do not count. Nothing is learned and nothing is looked up in the replies of the corpus.
/// </summary>
public static class ReplyJudge
{
    private const int MostWordsOfAnAnswer = 36;
    private const int MostWordsOfAStory = 75;

    private static readonly PhraseIndex<(Part Part, Topic? Topic)> Index = IndexReplies();

    private enum Part
    {
        Answer,
        Unfitting,
        Evasion,
        Courtesy,
        Rudeness,
        Chatter,
        Cheer,
    }

    /// <summary>Judges a reply.</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="reply">Any text.</param>
    public static ReplyQualities Judge(SimulatedPrompt prompt, string reply)
    {
        var topic = SmallWorld.TopicOf(prompt.Key);
        var sentences = Words.Sentences(reply).Select(text => new Sentence(text, Words.Of(text))).ToArray();
        var findings = Array.ConvertAll(sentences, sentence => Read(sentence, topic, prompt.Key));
        var core = findings.OfType<Finding>().Where(finding => finding is { Part: Part.Answer or Part.Unfitting or Part.Evasion, IsOurs: true }).ToArray();
        var isOnTopic = core.Length > 0 && Array.TrueForAll(findings, finding => finding is null or { IsOurs: true }) && (!topic.IsStory || IsStory(core));
        var distinct = sentences.DistinctBy(sentence => sentence.Normal).ToArray();
        var mostWords = topic.IsStory ? MostWordsOfAStory : MostWordsOfAnAnswer;
        bool Has(Part part) => findings.Any(finding => finding?.Part == part);

        return new ReplyQualities
        {
            IsOnTopic = isOnTopic,
            IsWellFormed = sentences.Length > 0 && !findings.Contains(null) && sentences.All(sentence => sentence.IsEnded && sentence.IsCapital),
            Answer = isOnTopic ? Grade(topic, prompt.Key, core) : AnswerGrade.None,
            Manners = Has(Part.Rudeness) ? Manners.Rude : Has(Part.Courtesy) ? Manners.Courteous : Manners.Plain,
            // Saying something twice is a fault of its own, so that length counts each sentence once.
            IsConcise = sentences.Length > 0 && !Has(Part.Chatter) && distinct.Sum(sentence => sentence.Words.Length) <= mostWords,
            IsCheerful = Has(Part.Cheer),
            IsRepetitive = distinct.Length < sentences.Length || (!topic.IsStory && core.Length > 1) || Array.Exists(sentences, sentence => sentence.Stutters),
            WordCount = sentences.Sum(sentence => sentence.Words.Length),
        };
    }

    /// <summary>How the sentence can best be read; null if it cannot.</summary>
    private static Finding? Read(Sentence sentence, Topic topic, AnswerKey key)
    {
        Finding? best = null;
        foreach (var ((part, owner), values) in Index.Match(sentence.Words))
        {
            var isOurs = owner is null || (owner == topic && Fits(key, values));
            var isRight = isOurs && part == Part.Answer
                && key.Accepted.All(accepted => !values.TryGetValue(accepted.Key, out var word) || accepted.Value.Contains(word));
            var finding = new Finding(part, isOurs, isRight, values);
            if (best is null || finding.Rank > best.Rank) best = finding;
        }
        return best;
    }

    /// <summary>Whether the sentence is about what the prompt names, and its answer is one that might be given.</summary>
    private static bool Fits(AnswerKey key, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (slot, word) in values)
        {
            if (!key.Accepted.TryGetValue(slot, out var accepted))
            {
                if (key.Asked.TryGetValue(slot, out var asked) && asked != word) return false;
            }
            else if (!accepted.Contains(word) && key.Wrong.TryGetValue(slot, out var wrong) && !wrong.Contains(word)) return false;
        }
        return true;
    }

    private static bool IsStory(Finding[] core) => core.Length > 1
        ? core.Any(finding => finding.Values.ContainsKey("hero"))
        : core[0].Part == Part.Evasion;

    private static AnswerGrade Grade(Topic topic, AnswerKey key, Finding[] core)
    {
        var answers = core.Where(finding => finding.Part != Part.Evasion).ToArray();
        if (answers.Length == 0) return AnswerGrade.Evasive;
        if (answers.Any(answer => !answer.IsRight)) return AnswerGrade.Wrong;
        if (!topic.IsStory) return AnswerGrade.Right;
        // A story tells of all it was asked for, and what it chose itself does not change on the way.
        var tellsAll = key.Accepted.Keys.All(slot => answers.Any(answer => answer.Values.ContainsKey(slot)));
        var isOneStory = answers.SelectMany(answer => answer.Values)
            .Where(value => value.Key is "setting" or "object")
            .Distinct()
            .GroupBy(value => value.Key)
            .All(words => words.Count() == 1);
        return tellsAll && isOneStory ? AnswerGrade.Right : AnswerGrade.Wrong;
    }

    private static PhraseIndex<(Part, Topic?)> IndexReplies()
    {
        var index = new PhraseIndex<(Part, Topic?)>();
        void Add(PhraseSet phrases, Part part, Topic? topic)
        {
            foreach (var phrase in phrases.All) index.Add(phrase, (part, topic));
        }

        foreach (var asides in (Asides[])[Asides.ForQuestions, Asides.ForTalk, Asides.ForStories])
        {
            Add(asides.Openings, Part.Courtesy, null);
            Add(asides.Closings, Part.Courtesy, null);
            Add(asides.Rude, Part.Rudeness, null);
            Add(asides.Chatter, Part.Chatter, null);
            Add(asides.Cheers, Part.Cheer, null);
        }
        foreach (var topic in SmallWorld.Topics)
        {
            Add(topic.Answers, Part.Answer, topic);
            Add(topic.Unfitting, Part.Unfitting, topic);
            Add(topic.Evasions, Part.Evasion, topic);
            foreach (var act in topic.Plots.SelectMany(plot => plot)) Add(act, Part.Answer, topic);
        }
        return index;
    }

    /// <summary>What a sentence is.</summary>
    /// <param name="Part">Its part in a reply.</param>
    /// <param name="IsOurs">Whether it belongs to this prompt.</param>
    /// <param name="IsRight">Whether it is a right answer, or part of one.</param>
    /// <param name="Values">The words in its slots.</param>
    private sealed record Finding(Part Part, bool IsOurs, bool IsRight, IReadOnlyDictionary<string, string> Values)
    {
        public int Rank => (IsOurs ? 2 : 0) + (IsRight ? 1 : 0);
    }

    private sealed record Sentence(string Text, string[] Words)
    {
        public string Normal => string.Join(' ', Words);

        public bool IsEnded => Text[^1] is '.' or '!' or '?';

        public bool IsCapital => char.IsUpper(Text[0]);

        public bool Stutters => Enumerable.Range(0, Math.Max(0, Words.Length - 2)).Any(at => Words[at] == Words[at + 1] && Words[at] == Words[at + 2]);
    }
}
