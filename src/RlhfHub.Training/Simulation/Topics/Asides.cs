using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>What may stand around an answer: courtesy, rudeness, chatter and cheer, by tone.</summary>
internal sealed class Asides
{
    private static readonly Dictionary<string, WordList> NoSlots = [];

    private Asides(string[] openings, string[] closings, string[] rude, string[] chatter, string[] cheers)
    {
        (Openings, Closings) = (PhraseSet.Of(NoSlots, openings), PhraseSet.Of(NoSlots, closings));
        (Rude, Chatter, Cheers) = (PhraseSet.Of(NoSlots, rude), PhraseSet.Of(NoSlots, chatter), PhraseSet.Of(NoSlots, cheers));
    }

    public PhraseSet Openings { get; }

    public PhraseSet Closings { get; }

    public PhraseSet Rude { get; }

    public PhraseSet Chatter { get; }

    public PhraseSet Cheers { get; }

    public static Asides ForQuestions { get; } = new(
        [
            "Thank you for asking.", "That is a [good|nice|fine] question.", "I am [glad|happy] to [help|answer].", "Thank you for your question.",
            "With pleasure.", "Of course.", "Gladly.",
        ],
        [
            "Please ask me again [any time|whenever you like].", "I hope that helps[ you|].", "Please tell me if you need more help.",
            "Thank you for your patience.",
        ],
        [
            "What a [silly|boring|stupid] question.", "You should know that yourself.", "Do not bother me.", "I have better things to do.",
            "Everybody knows that.", "Ask me something better next time.",
        ],
        [
            "Many people [ask|wonder about] [this|that].", "Let me think about [this|that] for a [moment|while|minute].",
            "There are [many|so many] things to [know|learn] in the world.", "I [once|often] [read|heard] something [like this|like that] a long time ago.",
            "Some things are [simple|easy] and some things are not.", "The world is [big|wide] and full of [questions|wonders].",
            "One could talk about [this|that] [all day|for hours].", "Words are [funny|strange] things when you think about them.",
            "I was just thinking about [breakfast|something else|my holidays].", "It is [nice|good] to know [such things|things like this].",
        ],
        [
            "[Hooray|Hurray]!", "How [lovely|wonderful|exciting]!", "This is fun!", "That makes me smile!", "Have a [lovely|wonderful|sunny] day!",
            "I love [questions|questions like this]!",
        ]);

    public static Asides ForTalk { get; } = new(
        [
            "It is [good|nice] to hear from you.", "Thank you for [writing|talking] to me.", "It is kind of you to say that.",
            "I am glad that you are here.", "Thank you for your message.",
        ],
        ["Please [write|talk] to me again [soon|any time].", "Please take care.", "I wish you all the best.", "Please tell me if I can help you."],
        ["Leave me alone.", "Do not bother me.", "I am busy.", "What do you want now?", "Not you again.", "I do not care."],
        [
            "People say all kinds of things.", "Some days are [long|short] and some days are [busy|quiet].", "Time goes by [so fast|so slowly].",
            "I was just thinking about [breakfast|something else|my holidays].", "There is always something to [do|talk about|say].",
            "[Yesterday|Last week] was [a quiet day|much the same].", "One could talk about [this|that] [all day|for hours].",
            "Life is full of [surprises|little things].", "It is [funny|strange] how [things|days] go.",
        ],
        [
            "[Hooray|Hurray]!", "How [lovely|wonderful|exciting]!", "This is fun!", "That makes me smile!", "What a [lovely|wonderful] day!",
            "I love to talk with you!",
        ]);

    public static Asides ForStories { get; } = new(
        [
            "With pleasure, here is a story.", "Here is a [tiny|little] story, just for you.", "Of course, I will gladly tell you a story.",
            "Thank you for asking for a story.",
        ],
        ["I hope you [like|enjoy] [it|the story].", "Thank you for listening.", "Please ask for another story [any time|whenever you like]."],
        ["You can read, can you not?", "Do not bother me.", "I have better things to do.", "Stories are for babies.", "Listen, I say this only once."],
        [
            "Stories are older than books.", "[This|That] is how people tell it.", "I could tell much more about [this|that].",
            "Nobody knows when [this|that] happened.", "Some people tell it [in another way|differently].",
            "I [once|often] heard [a story|something] like this.",
            "One could talk about [this|that] [all day|for hours].", "Let me think about [this|that] for a [moment|while|minute].",
        ],
        ["[Hooray|Hurray]!", "How [lovely|wonderful|exciting]!", "What a [lovely|wonderful] story!", "I love stories!", "That makes me smile!"]);

    public static Asides For(Tone tone) => tone switch
    {
        Tone.Question => ForQuestions,
        Tone.Talk => ForTalk,
        _ => ForStories,
    };
}
