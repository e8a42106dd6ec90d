using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Simulation.Topics;

namespace RlhfHub.Training.Simulation;

/// <summary>Writes replies of a wanted style.</summary>
public static class ReplyWriter
{
    /// <summary>A reply in that style; another seed words it differently.</summary>
    /// <param name="prompt">What is answered.</param>
    /// <param name="style">What the reply is like.</param>
    /// <param name="seed">Which of the many wordings.</param>
    public static string Write(SimulatedPrompt prompt, ReplyStyle style, long seed) => Write(prompt.Key, style, new Dice(seed));

    internal static string Write(AnswerKey key, ReplyStyle style, Dice dice)
    {
        var topic = SmallWorld.TopicOf(key);
        var asides = Asides.For(topic.Tone);
        var core = Core(topic, key, style.Answer, dice);
        if (style.IsRepetitive) Repeat(core, topic, key, style.Answer, dice);

        var before = new List<string>();
        var after = new List<string>();
        string Say(PhraseSet phrases) => phrases.Pick(dice).Write(key.Asked, dice);
        if (style.Manners != Manners.Plain)
        {
            // Brief replies have one aside at most of each kind; those that ramble may be kind at both ends.
            var both = style is { Manners: Manners.Courteous, Chatter: > 0 } && dice.Chance(0.3);
            var first = both || dice.Chance(0.55);
            if (first) before.Add(Say(style.Manners == Manners.Rude ? asides.Rude : asides.Openings));
            if (!first || both) after.Add(Say(style.Manners == Manners.Rude ? asides.Rude : asides.Closings));
        }
        if (style.IsCheerful)
        {
            if (dice.Chance(0.5)) before.Insert(0, Say(asides.Cheers));
            else after.Add(Say(asides.Cheers));
        }
        var said = new HashSet<string>();
        while (said.Count < style.Chatter)
        {
            var aside = Say(asides.Chatter);
            if (!said.Add(aside)) continue;
            if (dice.Chance(0.4)) before.Add(aside);
            else after.Insert(0, aside);
        }
        return string.Join(' ', [.. before, .. core, .. after]);
    }

    private static List<string> Core(Topic topic, AnswerKey key, AnswerGrade grade, Dice dice) => grade switch
    {
        AnswerGrade.Evasive => [topic.Evasions.Pick(dice).Write(key.Asked, dice)],
        _ when topic.IsStory => Story(topic, Values(topic, key, grade, dice), dice),
        AnswerGrade.Right => [topic.Answers.Pick(dice).Write(Values(topic, key, grade, dice), dice)],
        AnswerGrade.Wrong => [WrongAnswers(topic, dice).Pick(dice).Write(Values(topic, key, grade, dice), dice)],
        _ => throw new ArgumentOutOfRangeException(nameof(grade), grade, "A reply is right, wrong or evasive."),
    };

    private static PhraseSet WrongAnswers(Topic topic, Dice dice) =>
        topic.Unfitting.IsEmpty || (!topic.Fallible.IsEmpty && dice.Chance(0.5)) ? topic.Fallible : topic.Unfitting;

    /// <summary>Words for the slots: what was asked, and right or wrong answers.</summary>
    private static Dictionary<string, string> Values(Topic topic, AnswerKey key, AnswerGrade grade, Dice dice)
    {
        var values = key.Asked.ToDictionary();
        foreach (var (slot, accepted) in key.Accepted) values[slot] = dice.Pick(accepted);
        if (grade == AnswerGrade.Right || key.Accepted.Count == 0) return values;
        // A story goes wrong in one respect, everything else as a whole.
        var slots = topic.IsStory ? [dice.Pick(key.Accepted.Keys.Order(StringComparer.Ordinal).ToArray())] : key.Accepted.Keys.ToArray();
        foreach (var slot in slots)
            values[slot] = dice.Pick(key.Wrong.GetValueOrDefault(slot) ?? [.. topic.Slots[slot].All.Except(key.Accepted[slot])]);
        return values;
    }

    /// <summary>Two sentences to four: the beginning, what happened, and how it went on.</summary>
    private static List<string> Story(Topic topic, Dictionary<string, string> values, Dice dice)
    {
        // What the request left open is chosen once for the whole story.
        foreach (var slot in (string[])["setting", "object", "friend"])
            if (!values.ContainsKey(slot)) values[slot] = dice.Pick(topic.Slots[slot].All);
        var acts = dice.Pick(topic.Plots).AsEnumerable();
        if (dice.Chance(0.4)) acts = acts.Where((_, act) => act != 2);
        return [.. acts.Select(act => act.Pick(dice).Write(values, dice))];
    }

    private static void Repeat(List<string> core, Topic topic, AnswerKey key, AnswerGrade grade, Dice dice)
    {
        if (topic.IsStory && core.Count > 1)
        {
            var at = dice.Below(core.Count);
            core.Insert(at + 1, core[at]);
        }
        else if (grade == AnswerGrade.Right && !topic.IsStory && dice.Chance(0.5)) core.AddRange(Core(topic, key, grade, dice));
        else core.Add(core[0]);
    }
}
