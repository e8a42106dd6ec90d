using System.Text;
using System.Text.Json.Nodes;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>What the wire says, field by field.</summary>
public sealed class ChatCompletionsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Path = "/v1/chat/completions";

    private static readonly object[] Hello = [new { role = "user", content = "Hello!" }];

    public static TheoryData<string, string> WrongBodies => new()
    {
        { """{"messages": [{"role": "user", "content": "x"}]}""", "'model' is missing" },
        { """{"model": "tiny"}""", "'messages' is missing" },
        { """{"model": "tiny", "messages": {}}""", "expected a list of at least one message" },
        { """{"model": "tiny", "messages": ["x"]}""", "'messages[0]' is \"x\"; expected an object" },
        { """{"model": "tiny", "messages": [{"content": "x"}]}""", "'messages[0].role' is missing" },
        { """{"model": "tiny", "messages": [{"role": "user"}]}""", "'messages[0].content' is missing" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}""", "read text only" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "\ud800"}]}""", "half a surrogate pair" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "temperature": "hot"}""", "'temperature' is \"hot\"; expected a number from 0 to 100" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "n": 0}""", "'n' is 0; expected a whole number from 1" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1.5}""", "'max_tokens' is 1.5" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "presence_penalty": 3}""", "a number from -2 to 2" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "stop": [1]}""", "a text or a list of texts" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "top_logprobs": 2}""", "needs 'logprobs'" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_object"}}""", "promise no format" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "logit_bias": {"5": 1}}""", "'logit_bias' is not supported" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x", "name": "a", "name": "b"}]}""", "not valid JSON" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": [{"type": 5, "text": "x"}]}]}""", "is no text part" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": 5}}""", "promise no format" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "tools": "\ud800"}""", "call no tools" },
        { """{"model": "tiny", "messages": [{"role": "user", "content": "x"}], "n": 64, "logprobs": true, "top_logprobs": 20, "max_tokens": 100000}""", "this model's context is 128" },
        { """[]""", "must be a JSON object" },
        { """{"model": """, "not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task Post_WrongBody_IsFourHundredInOpenAisShape(string body, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await fixture.Server.Http.PostAsync(Path, content);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", (string)error["type"]!);
        Assert.True(error.AsObject().ContainsKey("param") && error.AsObject().ContainsKey("code"));
    }

    [Fact]
    public async Task Post_SeveralTexts_AreThoseOfTheirSeeds()
    {
        var together = await TextsAsync(new { model = "tiny", messages = Hello, n = 4, seed = 10, max_tokens = 12 });
        var alone = new List<string>();
        for (var seed = 10; seed < 14; seed++) alone.AddRange(await TextsAsync(new { model = "tiny", messages = Hello, seed, max_tokens = 12 }));

        Assert.Equal(alone, together);
        Assert.Equal(4, together.Distinct().Count());
    }

    [Fact]
    public async Task Post_AStopText_EndsBeforeIt()
    {
        var whole = (await TextsAsync(new { model = "tiny", messages = Hello, temperature = 0, max_tokens = 40 })).Single();
        var stop = whole.Substring(whole.Length / 2, 2);

        var (_, body) = await fixture.Server.PostAsync(Path, new { model = "tiny", messages = Hello, temperature = 0, max_tokens = 40, stop });

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], (string)body["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)body["choices"]![0]!["finish_reason"]!);
    }

    [Fact]
    public async Task Post_APresencePenalty_WritesNoTokenTwiceSoon()
    {
        async Task<int> Distinct(double penalty)
        {
            var (_, body) = await fixture.Server.PostAsync(Path, new { model = "tiny", messages = Hello, temperature = 0, max_tokens = 60, ignore_eos = true, logprobs = true, presence_penalty = penalty, frequency_penalty = penalty });
            return body["choices"]![0]!["logprobs"]!["content"]!.AsArray().Select(token => (string)token!["token"]!).Distinct().Count();
        }

        Assert.True(await Distinct(2) > await Distinct(0));
    }

    [Fact]
    public async Task Stream_SeveralTexts_EndsEachAndThenAll()
    {
        var whole = await TextsAsync(new { model = "tiny", messages = Hello, n = 3, seed = 4, max_tokens = 20 });
        var texts = new StringBuilder[] { new(), new(), new() };
        var reasons = new string?[3];
        var events = new List<string>();
        await foreach (var data in fixture.Server.StreamAsync(Path, new { model = "tiny", messages = Hello, n = 3, seed = 4, max_tokens = 20, stream = true, stream_options = new { include_usage = true } })) events.Add(data);
        foreach (var piece in events.SkipLast(2).Select(data => JsonNode.Parse(data)!["choices"]![0]!))
        {
            texts[(int)piece["index"]!].Append((string?)piece["delta"]!["content"]);
            reasons[(int)piece["index"]!] ??= (string?)piece["finish_reason"];
        }

        Assert.Equal("[DONE]", events[^1]);
        Assert.Empty(JsonNode.Parse(events[^2])!["choices"]!.AsArray());
        Assert.InRange((int)JsonNode.Parse(events[^2])!["usage"]!["completion_tokens"]!, 3, 60);
        Assert.Equal(whole, texts.Select(text => text.ToString()));
        Assert.All(reasons, Assert.NotNull);
    }

    [Fact]
    public async Task Post_TheRewardModels_ScoreTexts()
    {
        var (_, whole) = await fixture.Server.PostAsync("/v1/score", new { model = ServedModels.Reward, input = new[] { "one text", "another" } });
        var (_, adapter) = await fixture.Server.PostAsync("/v1/score", new { model = ServedModels.RewardAdapter, messages = Hello });
        var (_, foreign) = await fixture.Server.PostAsync("/get_reward", new { model = ServedModels.Reward, query = new[] { "one text", "one text<|endoftext|>" } });
        var (status, ambiguous) = await fixture.Server.PostAsync("/get_reward", new { query = new[] { "x" } });

        Assert.Equal(2, whole["data"]!.AsArray().Select(item => (double)item!["score"]!).Distinct().Count());
        Assert.True(double.IsFinite((double)adapter["data"]![0]!["score"]!));
        Assert.Equal((double)foreign["rewards"]![0]!, (double)foreign["rewards"]![1]!);
        Assert.Equal(400, status);
        Assert.Contains("There are 2 models that score texts", (string)ambiguous["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MoreThanSixteenMegabytes_Is413()
    {
        using var content = new StringContent($"{{\"model\": \"tiny\", \"x\": \"{new string('a', 17 << 20)}\"}}", Encoding.UTF8, "application/json");
        try
        {
            using var response = await fixture.Server.Http.PostAsync(Path, content);
            Assert.Equal(413, (int)response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server may close before it has read all that it refuses.
        }
        Assert.Equal(System.Net.HttpStatusCode.OK, (await fixture.Server.Http.GetAsync("/health")).StatusCode);
    }

    [Theory]
    [InlineData("/v1/embeddings", "input")]
    [InlineData("/v1/score", "input")]
    [InlineData("/get_reward", "query")]
    [InlineData("/v1/completions", "prompt")]
    public async Task Post_MoreTextsThanARequestMayHave_SaysHowMany(string path, string field)
    {
        var body = new JsonObject { ["model"] = ServedModels.Reward, [field] = new JsonArray([.. Enumerable.Repeat(0, 2049).Select(_ => (JsonNode)"a")]) };

        var (status, answer) = await fixture.Server.PostAsync(path, body);

        Assert.Equal((400, $"'{field}' has 2049 texts; expected at most 2048 in one request."), (status, (string)answer["error"]!["message"]!));
    }

    [Fact]
    public async Task Post_MoreTextsThanTheServerEverTakesIn_IsNotAskedToTryAgain()
    {
        var (status, answer) = await fixture.Server.PostAsync("/v1/completions", new { model = "tiny", prompt = Enumerable.Repeat("a", 65).ToArray() });

        Assert.Equal(400, status);
        Assert.Contains("takes in 64 at most", (string)answer["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_FromAPageOfAnotherSite_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/unload") { Content = new StringContent("{\"model\": \"tiny\"}"), Headers = { { "Origin", "http://evil.example" } } };
        using var local = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { { "Origin", "http://localhost:5080" } } };

        Assert.Equal(403, (int)(await fixture.Server.Http.SendAsync(request)).StatusCode);
        Assert.Equal(200, (int)(await fixture.Server.Http.SendAsync(local)).StatusCode);
    }

    [Fact]
    public async Task Get_WhatIsNotThere_IsToldInOpenAisShape()
    {
        foreach (var path in new[] { "/", "/v1/foo.json", "/v1/chat/completions" })
        {
            using var response = await fixture.Server.Http.GetAsync(path);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
            Assert.Equal(404, (int)response.StatusCode);
            Assert.Contains($"There is no GET {path}", (string)error["message"]!, StringComparison.Ordinal);
        }
    }

    private async Task<string[]> TextsAsync(object request)
    {
        var (status, body) = await fixture.Server.PostAsync(Path, request);
        Assert.Equal(200, status);
        return [.. body["choices"]!.AsArray().Select(choice => (string)choice!["message"]!["content"]!)];
    }
}
