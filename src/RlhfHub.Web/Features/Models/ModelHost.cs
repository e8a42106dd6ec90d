using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.AI;
using OpenAI;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Web.Features.Models;

/// <summary>Reaches models through Microsoft.Extensions.AI, on the site's own server as at outside endpoints.</summary>
internal sealed class ModelHost(ModelServer server, ServedModels models, EndpointRules rules, IDataProtectionProvider protection) : IModelHost, IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly IDataProtector keys = protection.CreateProtector("RlhfHub.Models.EndpointKey");
    private readonly HttpClient own = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpClient outside = new(rules.Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    public IReadOnlyList<string> Installed() => models.Names();

    public Task<string?> RefusalAsync(Uri endpoint, CancellationToken cancellationToken) => rules.RefusalAsync(endpoint, cancellationToken);

    public string Seal(string key) => keys.Protect(key);

    public async IAsyncEnumerable<string> WriteAsync(ModelAddress model, IReadOnlyList<Message> messages, ReplySampling sampling, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = await ClientAsync(model, cancellationToken);
        var options = new ChatOptions { Temperature = (float)sampling.Temperature, TopP = (float)sampling.TopP, MaxOutputTokens = sampling.MaxNewTokens, Seed = sampling.Seed };
        await using var updates = client.GetStreamingResponseAsync(messages.Select(message => new ChatMessage(new ChatRole(message.Role), message.Content)), options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates))
            if (updates.Current.Text is { Length: > 0 } text) yield return text;
    }

    public async Task<ModelServerStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var figures = server.Running is { } access ? await ModelServerFigures.ReadAsync(own, access, cancellationToken) : null;
        return new(server.State, server.Reason, server.Restarts, figures?.Running, figures?.Waiting, server.LogFile);
    }

    public void Dispose()
    {
        own.Dispose();
        outside.Dispose();
    }

    private async Task<IChatClient> ClientAsync(ModelAddress model, CancellationToken cancellationToken)
    {
        if (model.Source == ModelSource.Endpoint) return Client(outside, new Uri(model.Endpoint!), KeyOf(model), model.Name);
        // Its folder may have become a link since it was chosen.
        if (models.FolderOf(model.Name) is null) throw new ModelException($"There is no model '{model.Name}' on this site any more.", isRefusal: true);
        var access = await server.AccessAsync(cancellationToken);
        return Client(own, new Uri(access.Address, "/v1"), access.Token, model.Name);
    }

    private static IChatClient Client(HttpClient http, Uri endpoint, string key, string model)
    {
        var options = new OpenAIClientOptions { Endpoint = endpoint, Transport = new HttpClientPipelineTransport(http), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = LongestSilence };
        return new OpenAIClient(new ApiKeyCredential(key), options).GetChatClient(model).AsIChatClient();
    }

    private string KeyOf(ModelAddress model)
    {
        try
        {
            // The client wants some key; servers that ask for none do not look at it.
            return model.SealedKey is null ? "none" : keys.Unprotect(model.SealedKey);
        }
        catch (CryptographicException error)
        {
            throw new ModelException("The endpoint's key cannot be read any more, because this site's own keys were replaced; give it again.", inner: error);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (ClientResultException error)
        {
            // 408 and 429 pass by themselves, and so do faults of the server; other answers would be the same again.
            throw new ModelException(Sentence(error), isRefusal: error.Status is 400 or 413 or 422, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or AggregateException || error is OperationCanceledException { InnerException: TimeoutException })
        {
            throw new ModelException($"The model cannot be reached: {error.GetBaseException().Message}", inner: error);
        }
    }

    private static string Sentence(ClientResultException error) => error.Status == 0
        ? $"The model cannot be reached: {error.GetBaseException().Message}"
        : $"The model's server answered {error.Status}: {error.Message.ReplaceLineEndings(" ").Trim()}";
}
