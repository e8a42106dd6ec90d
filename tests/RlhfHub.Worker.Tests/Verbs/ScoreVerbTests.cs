namespace RlhfHub.Worker.Tests.Verbs;

public sealed class ScoreVerbTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Score_PromptAndCompletion_CountsTheCompletionOnly()
    {
        var file = model.Write("text.jsonl", "{\"text\": \"Once upon a time\"}\n{\"prompt\": \"Once\", \"completion\": \" upon a time\"}\n");

        var rows = Score(file, "--json", "--tokens").Json;

        var whole = Numbers(rows[0]);
        var completion = Numbers(rows[1]);
        Assert.InRange(completion.Length, 1, whole.Length - 1);
        foreach (var (expected, actual) in whole[^completion.Length..].Zip(completion)) Assert.Equal(expected, actual, 1e-4);
        Assert.Equal(completion.Sum(), rows[1].GetProperty("logProbability").GetDouble(), 1e-4);
        Assert.Equal(Math.Exp(-completion.Average()), rows[1].GetProperty("perplexity").GetDouble(), 1e-1);
        Assert.Equal(Math.Exp(-whole.Concat(completion).Average()), rows[2].GetProperty("perplexity").GetDouble(), 1e-1);
    }

    [Fact]
    public void Score_InBatches_GivesEachTextWhatItGetsAlone()
    {
        var file = model.Write("texts.jsonl", "{\"text\": \"a short one\"}\n{\"text\": \"a rather longer text than the first one was\"}\n{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n");

        var together = Score(file, "--json").Json;
        var alone = Score(file, "--json", "--batch-size", "1").Json;

        for (var i = 0; i < 3; i++)
            Assert.Equal(alone[i].GetProperty("logProbability").GetDouble(), together[i].GetProperty("logProbability").GetDouble(), 1e-3);
    }

    [Theory]
    [InlineData("", "has no lines")]
    [InlineData("{\"prompt\": \"a\"}", "line 1: 'completion' is missing")]
    [InlineData("{\"x\": 1}", "line 1: expected 'text', 'prompt' and 'completion', or 'messages'.")]
    [InlineData("{\"text\": \"\"}", "line 1: no token is left to score")]
    [InlineData("{\"prompt\": \"a\", \"completion\": \"\"}", "line 1: no token is left to score")]
    public void Score_BadData_NamesTheLine(string content, string message) => Score(model.Write("bad.jsonl", content)).AssertRefused(1, message);

    private Verb Score(string file, params string[] args) => Verb.Run(["score", "--model", model.Folder, "--data", file, .. args]);

    private static double[] Numbers(System.Text.Json.JsonElement row) => [.. row.GetProperty("tokenLogProbabilities").EnumerateArray().Select(value => value.GetDouble())];
}
