namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Who does what.</summary>
internal static class Jobs
{
    private const string Table = """
        bakes bread: baker; grows corn: farmer; teaches children: teacher; helps sick people: doctor; flies planes: pilot; sails ships: sailor;
        cooks meals: cook; paints pictures: painter; sings songs: singer; makes clothes: tailor; waters flowers: gardener; catches fish: fisherman;
        brings letters: postman; drives a bus: driver; builds houses: builder; writes books: writer; looks after sheep: shepherd; rules a country: king, queen;
        mends teeth: dentist; cuts hair: barber; makes people laugh: clown; digs for gold: miner; works with iron: smith; serves food: waiter;
        keeps watch: guard
        """;

    public static TopicText Text { get; } = new()
    {
        Name = "jobs",
        Slots = Fact.Slots("task", "person", Table),
        Facts = Fact.Table("task", "person", Table),
        Prompts =
        [
            "Who {task}?", "Do you know who {task}?", "[Please tell|Tell] me who {task}.", "[Can|Could] you tell me who {task}?",
            "What do you call somebody who {task}?", "I would like to know who {task}.", "Do you remember who {task}?",
            "My [son|daughter] asks who {task}.", "I need somebody who {task}. Who is that?", "What is the job of somebody who {task}?",
        ],
        HeldOutPrompts =
        [
            "I wonder who {task}.", "I forgot the name for somebody who {task}.", "Please name the job of somebody who {task}.", "Which person {task}?",
        ],
        FollowUps = ["And who {task}?", "Now somebody who {task}, please."],
        HeldOutFollowUps = ["And what about somebody who {task}?"],
        Answers =
        [
            "{a person} {task}.", "{the person} {task}.", "Somebody who {task} is {a person}.", "I [think|believe] that {a person} {task}.",
            "[Usually|Most of the time] {a person} {task}.", "If you need somebody who {task}, ask {a person}.", "The person who {task} is {a person}.",
        ],
        About = "somebody who {task}",
    };
}
