namespace RlhfHub.Training.Simulation.Topics;

/// <summary>What to do when one feels so, and what to take in such weather.</summary>
internal static class Advice
{
    private const string FeelingTable = """
        hungry: eat something, have some soup; thirsty: drink some water, have a cup of tea; tired: go to bed, have a rest;
        cold: put on a coat, have a cup of tea;
        hot: sit in the shade, drink some water; bored: read a book, play a game; sad: talk to a friend, sing a song; lonely: call a friend, talk to a friend;
        ill: see a doctor, stay in bed; scared: turn on the light, hold a hand; angry: count to ten, take a deep breath; happy: sing a song, dance a little;
        proud: tell the family, call a friend; nervous: take a deep breath, count to ten; dirty: take a bath, wash both hands;
        wet: put on dry clothes, sit by the fire;
        lost: look at a map, ask for the way; late: hurry up, take the bus
        """;

    private const string WeatherTable = """
        rainy: an umbrella, a raincoat; sunny: a hat, sun cream; snowy: warm boots, warm gloves; windy: a kite, a warm jacket; foggy: a bright lamp, a whistle;
        icy: good shoes, warm gloves; stormy: a strong coat, good shoes; cold: a scarf, warm gloves; hot: cold water, a hat; cloudy: a warm jacket, an umbrella
        """;

    public static TopicText Feelings { get; } = new()
    {
        Name = "feelings",
        Tone = Tone.Talk,
        Slots = Fact.Slots("feeling", "advice", FeelingTable),
        Facts = Fact.Table("feeling", "advice", FeelingTable),
        Prompts =
        [
            "I am {feeling}[ today|].", "I am so {feeling}.", "I am {feeling}. What should I do?", "What should I do if I am {feeling}?",
            "I am a bit {feeling}.",
            "My friend is {feeling}. What can I say?", "What do people do when they are {feeling}?", "Why am I so {feeling}?",
            "I am very {feeling} this evening.",
            "Can you help me? I am {feeling}.", "[Hello|Hi], I am {feeling}.", "Today I am {feeling}.",
        ],
        HeldOutPrompts =
        [
            "I am very {feeling}. Can you help me?", "What can I do when I am {feeling}?", "This evening I am so {feeling}.",
            "What should people do if they are {feeling}?",
        ],
        Answers =
        [
            "If you are {feeling}, you should {advice}.", "When people are {feeling}, they {advice}.", "You could {advice}.",
            "If I were {feeling}, I would {advice}.",
            "Somebody who is {feeling} should {advice}.", "It is good to {advice} when you are {feeling}.", "My advice for {feeling} people is to {advice}.",
        ],
        About = "being {feeling}",
    };

    public static TopicText Weather { get; } = new()
    {
        Name = "weather",
        Tone = Tone.Talk,
        Slots = Fact.Slots("weather", "gear", WeatherTable),
        Facts = Fact.Table("weather", "gear", WeatherTable),
        Prompts =
        [
            "It is {weather} today. What should I take with me?", "What do I need when it is {weather}?", "What should I take on {a weather} day?",
            "Today is {a weather} day.", "It is [so|very] {weather} outside.", "What do people take with them on {a weather} day?",
            "The weather is {weather}. What do I need?", "[Can|Could] you tell me what I need on {a weather} day?", "I am going out and it is {weather}.",
            "They say that tomorrow is {a weather} day.", "What {a weather} day!",
        ],
        HeldOutPrompts =
        [
            "What do I need on such {a weather} day?", "Outside it is {weather}. What should I take?",
            "What should I take with me when the weather is {weather}?",
            "It is a very {weather} day today.",
        ],
        Answers =
        [
            "On {a weather} day you need {gear}.", "Take {gear} with you.", "When it is {weather}, people like to have {gear}.",
            "If it is {weather}, do not forget {gear}.", "You should take {gear} on {a weather} day.", "For {weather} weather the best thing is {gear}.",
            "I would not go out on {a weather} day without {gear}.",
        ],
        About = "{weather} weather",
    };
}
