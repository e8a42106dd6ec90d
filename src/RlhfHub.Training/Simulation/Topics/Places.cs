namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Where things are kept.</summary>
internal static class Places
{
    private const string Table = """
        milk: in the fridge; butter: in the fridge; ice cream: in the freezer; bread: in the bread box; plates: in the kitchen; spoons: in the kitchen;
        coats: in the wardrobe; dresses: in the wardrobe; socks: in the drawer; towels: in the bathroom; soap: in the bathroom; toothbrushes: in the bathroom;
        books: on the shelf; cars: in the garage; bicycles: in the garage; hammers: in the toolbox; nails: in the toolbox; hay: in the barn;
        tractors: in the barn;
        horses: in the stable; money: in the bank; gold: in the bank; flowers: in a vase; pencils: in the pencil case; pillows: on the bed;
        blankets: on the bed; toys: in the toy box; wine: in the cellar; potatoes: in the cellar; boats: in the harbour; shoes: by the door;
        letters: in the letter box
        """;

    public static TopicText Text { get; } = new()
    {
        Name = "places",
        Slots = Fact.Slots("goods", "place", Table),
        Facts = Fact.Table("goods", "place", Table),
        Prompts =
        [
            "Where do people [keep|put] {goods}?", "Where should I put {goods}?", "Where can I find {goods}?",
            "[Please tell|Tell] me where to [keep|put] {goods}.",
            "Do you know where people keep {goods}?", "[Can|Could] you tell me where to find {goods}?", "I would like to know where people keep {goods}.",
            "I am looking for {goods}. Where should I look?", "What is the right place for {goods}?", "Where would you put {goods}?",
            "My [son|daughter] asks where people keep {goods}.",
        ],
        HeldOutPrompts =
        [
            "Where would you look for {goods}?", "I wonder where people keep {goods}.", "Please name the right place for {goods}.",
            "Do you remember where to put {goods}?",
        ],
        FollowUps = ["And {goods}?", "And where do people keep {goods}?", "Now the place for {goods}, please."],
        HeldOutFollowUps = ["And what about {goods}?"],
        Answers =
        [
            "People [keep|put] {goods} {place}.", "You can find {goods} {place}.", "You should put {goods} {place}.", "The right place for {goods} is {place}.",
            "I would look for {goods} {place}.", "[Usually|Most of the time] people keep {goods} {place}.", "The right place is {place}.",
        ],
        About = "the right place for {goods}",
    };
}
