using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Tests.Api;

/// <summary>A program that talks to the site with a token.</summary>
internal sealed class ApiSession(HttpClient client) : IDisposable
{
    public static async Task<ApiSession> OpenAsync(TestSite site, Actor actor)
    {
        var client = site.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await site.Services.GetRequiredService<PersonalTokenService>().CreateAsync(actor, "test", ActorScope.Everything, 1, default));
        return new ApiSession(client);
    }

    public HttpClient Client => client;

    public async Task<JsonElement> GetAsync(string path) => await ReadAsync(await client.GetAsync("/api/v1/" + path));

    public async Task<JsonElement> PostAsync(string path, object body) => await ReadAsync(await client.PostAsJsonAsync("/api/v1/" + path, body));

    public async Task<JsonElement> PutAsync(string path, object body) => await ReadAsync(await client.PutAsJsonAsync("/api/v1/" + path, body));

    public void Dispose() => client.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }
}
