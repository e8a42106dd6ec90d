using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class OpenAssistantTreesTests : IDisposable
{
    private readonly DataFiles files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Read_GapsTiesDeletedAndUnranked_GivesRanksFromOne()
    {
        var file = files.Write("tree.jsonl", """
            {"prompt": {"text": "p", "role": "prompter", "replies": [{"text": "worst", "role": "assistant", "rank": 5}, {"text": "best", "role": "assistant", "rank": 0}, {"text": "gone", "role": "assistant", "rank": 1, "deleted": true}, {"text": "tied", "role": "assistant", "rank": 5}, {"text": "best", "role": "assistant", "rank": 3}, {"text": "new", "role": "assistant"}]}}
            """.Trim());

        var ranking = OpenAssistantTrees.Read(file).Single();

        Assert.Equal([("best", 1), ("worst", 2), ("tied", 2)], ranking.Responses.Zip(ranking.Ranks, (response, rank) => (response.Messages![0].Content!, rank)));
    }

    [Theory]
    [InlineData("""{"prompt": "p"}""", "'prompt' is missing; expected a conversation tree.")]
    [InlineData("""{"prompt": {"text": "p"}}""", "'role' of a message is missing or no text; expected one.")]
    [InlineData("""{"prompt": {"text": "p", "role": "bot"}}""", "'role' is \"bot\"; expected prompter or assistant.")]
    [InlineData("""{"prompt": {"text": "", "role": "prompter"}}""", "'text' is empty; expected what was said.")]
    [InlineData("""{"prompt": {"text": "p", "role": "prompter", "replies": 1}}""", "'replies' is no list; expected one.")]
    [InlineData("""{"prompt": {"text": "p", "role": "prompter", "replies": [1]}}""", "a reply is no object; expected one with 'text' and 'role'.")]
    [InlineData("""{"prompt": {"text": "p", "role": "prompter", "replies": [{"text": "r", "role": "assistant", "rank": "first"}]}}""", "'rank' is no whole number from 0; expected one, 0 for the best.")]
    public void Read_BadTree_SaysWhat(string line, string message)
    {
        var file = files.Write("tree.jsonl", line);

        Assert.Equal($"{file} line 1: {message}", Assert.Throws<InvalidInputException>(() => OpenAssistantTrees.Read(file)).Message);
    }
}
