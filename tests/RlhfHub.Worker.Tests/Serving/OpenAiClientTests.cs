using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatFinishReason = OpenAI.Chat.ChatFinishReason;
using ChatMessage = OpenAI.Chat.ChatMessage;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>The official clients as they come from their registries, against a server in a process of its own.</summary>
public sealed class OpenAiClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly ChatMessage[] Hello = [new SystemChatMessage("Be kind."), new UserChatMessage("Hello!")];

    [Fact]
    public async Task CompleteChat_Whole_HasTextUsageAndReason()
    {
        ChatCompletion completion = await Chat().CompleteChatAsync(Hello, new ChatCompletionOptions { MaxOutputTokenCount = 12, Temperature = 0.8f, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 });

        Assert.Equal(ChatMessageRole.Assistant, completion.Role);
        Assert.InRange(completion.Usage.OutputTokenCount, 1, 12);
        Assert.True(completion.Usage.InputTokenCount > 5);
        Assert.Equal(completion.Usage.OutputTokenCount, completion.ContentTokenLogProbabilities.Count);
        Assert.All(completion.ContentTokenLogProbabilities, token => Assert.Equal(3, token.TopLogProbabilities.Count));
        Assert.Contains(completion.FinishReason, new[] { ChatFinishReason.Length, ChatFinishReason.Stop });
    }

    [Fact]
    public async Task CompleteChatStreaming_ToItsEnd_GivesTheWholeText()
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 20, Temperature = 0 };
        ChatCompletion whole = await Chat().CompleteChatAsync(Hello, options);

        var text = "";
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in Chat().CompleteChatStreamingAsync(Hello, options))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(whole.Content.Single().Text, text);
        Assert.Equal(whole.FinishReason, reason);
        Assert.Equal(whole.Usage.TotalTokenCount, usage!.TotalTokenCount);   // the client asks for it by itself
    }

    [Fact]
    public async Task CompleteChat_WithTools_IsRefusedInASentence()
    {
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather") } };

        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync(Hello, options));

        Assert.Equal(400, refusal.Status);
        Assert.Contains("call no tools", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateEmbeddings_OfTexts_HaveLengthOne()
    {
        var embeddings = (await Client().GetEmbeddingClient(ServedModels.Base).GenerateEmbeddingsAsync(["one", "two words", "one"])).Value;

        var vectors = embeddings.Select(embedding => embedding.ToFloats().ToArray()).ToArray();
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-4));
        Assert.All(vectors, vector => Assert.Equal(32, vector.Length));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
    }

    [Fact]
    public async Task GetModels_ListsWhatTheFolderHas()
    {
        var models = (await Client().GetOpenAIModelClient().GetModelsAsync()).Value.Select(model => model.Id);
        var one = (await Client().GetOpenAIModelClient().GetModelAsync(ServedModels.Warm)).Value;

        Assert.Equal([ServedModels.Cold, ServedModels.RewardAdapter, ServedModels.Warm, ServedModels.Reward, ServedModels.Base], models);
        Assert.Equal(ServedModels.Warm, one.Id);
    }

    [Fact]
    public async Task ExtensionsAi_ChatStreamAndEmbed_RunUnchanged()
    {
        IChatClient client = Chat().AsIChatClient();
        var options = new ChatOptions { MaxOutputTokens = 16, Temperature = 0, StopSequences = ["never written"] };

        var whole = await client.GetResponseAsync("Hello!", options);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync("Hello!", options)) updates.Add(update);
        var embedding = await Client().GetEmbeddingClient(ServedModels.Base).AsIEmbeddingGenerator().GenerateAsync(["text"]);

        Assert.Equal(whole.Text, updates.ToChatResponse().Text);
        Assert.Equal(whole.Usage!.TotalTokenCount, updates.ToChatResponse().Usage!.TotalTokenCount);
        Assert.Equal(32, embedding.Single().Vector.Length);
    }

    [Fact]
    public async Task Adapters_OverOneBase_SayDifferentThings()
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 16, Temperature = 0 };
        var texts = new List<string>();
        foreach (var model in new[] { ServedModels.Base, ServedModels.Warm, ServedModels.Cold, ServedModels.Base, ServedModels.Warm })
            texts.Add((await Chat(model).CompleteChatAsync(Hello, options)).Value.Content.Single().Text);

        Assert.Equal(texts[0], texts[3]);
        Assert.Equal(texts[1], texts[4]);
        Assert.Equal(3, texts.Distinct().Count());
    }

    [Theory]
    [InlineData("no-such-model", 404, "There is no model 'no-such-model'")]
    [InlineData("../tiny", 404, "There is no model")]
    [InlineData(ServedModels.Reward, 400, "scores texts and writes none")]
    public async Task CompleteChat_WrongModel_IsAnError(string model, int status, string message) => await AssertRefusedAsync(() => Chat(model).CompleteChatAsync(Hello), status, message);

    [Fact]
    public async Task CompleteChat_PastTheContext_IsAnError()
    {
        await AssertRefusedAsync(() => Chat().CompleteChatAsync([new UserChatMessage(string.Join(' ', Enumerable.Repeat("word", 400)))]), 400, "this model's context is 128");
        await AssertRefusedAsync(() => Chat().CompleteChatAsync(Hello, new ChatCompletionOptions { MaxOutputTokenCount = 1000 }), 400, "1000 new ones are asked for");
    }

    [Fact]
    public async Task CompleteChat_WrongToken_IsAnError()
    {
        var client = new OpenAIClient(new ApiKeyCredential("not the token"), Options());

        await AssertRefusedAsync(() => client.GetChatClient(ServedModels.Base).CompleteChatAsync(Hello), 401, "bearer token");
    }

    [Fact]
    public async Task CompleteChat_MoreTextsThanTheServerTakesIn_IsAskedToTryLater()
    {
        var (status, body) = await fixture.Server.PostAsync("/v1/chat/completions", new { model = ServedModels.Base, messages = new[] { new { role = "user", content = "Hi" } }, n = 64, max_tokens = 60, ignore_eos = true });
        var crowd = Enumerable.Range(0, 8).Select(_ => fixture.Server.Http.SendAsync(Request(n: 30))).ToArray();
        var answers = await Task.WhenAll(crowd);

        Assert.Equal((200, 64), (status, body["choices"]!.AsArray().Count));
        Assert.Contains(answers, answer => answer.IsSuccessStatusCode);
        var refused = answers.Where(answer => (int)answer.StatusCode == 429).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.NotNull(answer.Headers.RetryAfter));
        Assert.All(answers, answer => Assert.Contains((int)answer.StatusCode, new[] { 200, 429 }));

        static HttpRequestMessage Request(int n) => new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { model = ServedModels.Base, messages = new[] { new { role = "user", content = "Hi" } }, n, max_tokens = 60, ignore_eos = true }),
        };
    }

    private static async Task AssertRefusedAsync(Func<Task> call, int status, string message)
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(call);
        Assert.Equal(status, refusal.Status);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private OpenAIClient Client() => new(new ApiKeyCredential(ServerProcess.Token), Options());

    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(fixture.Server.Address + "/v1"), RetryPolicy = new ClientRetryPolicy(0) };

    private ChatClient Chat(string model = ServedModels.Base) => Client().GetChatClient(model);
}
