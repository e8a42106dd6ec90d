namespace RlhfHub.Training.Simulation.Topics;

/// <summary>The colours of things.</summary>
internal static class Colours
{
    private const string Table = """
        sun: yellow; sky: blue; grass: green; snow: white; milk: white; blood: red; banana: yellow; lemon: yellow; tomato: red; carrot: orange; coal: black;
        night: black; leaf: green; frog: green; cherry: red; strawberry: red; raven: black; cloud: white, grey; elephant: grey; mouse: grey; pig: pink;
        flamingo: pink; chocolate: brown; bear: brown; sea: blue; plum: purple; pea: green; pumpkin: orange; fox: red, orange; swan: white; bread: brown;
        rose: red; stone: grey; fire engine: red; ink: blue, black; sand: yellow
        """;

    public static TopicText Text { get; } = new()
    {
        Name = "colours",
        Slots = Fact.Slots("thing", "colour", Table),
        Facts = Fact.Table("thing", "colour", Table),
        Prompts =
        [
            "[What|Which] colour is {the thing}?", "[Please tell|Tell] me the colour of {the thing}.", "What is the colour of {the thing}?",
            "Do you know [which|what] colour {the thing} [has|is]?", "[Can|Could] you tell me what colour {the thing} is?",
            "I would like to know the colour of {the thing}.", "I forgot the colour of {the thing}.", "Please name the colour of {the thing}.",
            "My [son|daughter] asks what colour {the thing} is.", "I want to paint {the thing}. Which colour do I need?",
        ],
        HeldOutPrompts =
        [
            "Which colour does {the thing} have?", "What colour would you paint {the thing}?", "Say what colour {the thing} is.",
            "I wonder what colour {the thing} is.", "Do you remember the colour of {the thing}?",
        ],
        FollowUps = ["And {the thing}?", "And what colour is {the thing}?", "Now the colour of {the thing}, please."],
        HeldOutFollowUps = ["And what about {the thing}?"],
        Answers =
        [
            "{the thing} is {colour}.", "The colour of {the thing} is {colour}.", "I [think|believe] that {the thing} is {colour}.",
            "It is {colour}.", "[Usually|Most of the time] {the thing} is {colour}.", "You [can see|will find] that {the thing} is {colour}.",
            "If you look at {the thing}, you see that it is {colour}.",
        ],
        About = "the colour of {the thing}",
    };
}
