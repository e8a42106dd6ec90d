using RlhfHub.Training.Serving;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/NAME</c>, https://platform.openai.com/docs/api-reference/models; and <c>POST /v1/models/load</c> and <c>unload</c>, which take <c>{"model": "NAME"}</c>.</summary>
internal sealed class Models(ModelPool pool)
{
    public Task ListAsync(HttpContext http)
    {
        var loaded = pool.LoadedFolders;
        return http.Response.WriteAsJsonAsync(new { @object = "list", data = pool.Catalogue.List().Select(entry => Shape(entry, loaded)).ToArray() }, WireJson.Options, http.RequestAborted);
    }

    public Task GetAsync(HttpContext http)
    {
        // Clients write the slashes of a name as %2F, which routing leaves as it is.
        var id = Uri.UnescapeDataString((string)http.Request.RouteValues["id"]!);
        return http.Response.WriteAsJsonAsync(Shape(pool.Catalogue.Find(id) ?? throw ApiException.NoModel(id), pool.LoadedFolders), WireJson.Options, http.RequestAborted);
    }

    public async Task LoadAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        var id = body.Text("model");
        (await pool.AcquireAsync(id, http.RequestAborted)).Dispose();
        await http.Response.WriteAsJsonAsync(new { model = id, loaded = true }, WireJson.Options, http.RequestAborted);
    }

    public async Task UnloadAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        var id = body.Text("model");
        var wasLoaded = await pool.UnloadAsync(id);
        await http.Response.WriteAsJsonAsync(new { model = id, loaded = false, was_loaded = wasLoaded }, WireJson.Options, http.RequestAborted);
    }

    private static object Shape(CatalogueEntry entry, IReadOnlySet<string> loaded) => new
    {
        id = entry.Id,
        @object = "model",
        created = new DateTimeOffset(entry.ChangedAt, TimeSpan.Zero).ToUnixTimeSeconds(),
        owned_by = "rlhfhub",
        kind = (entry.IsAdapter ? "adapter" : "base") + (entry.IsScorer ? " for scores" : ""),
        loaded = loaded.Contains(entry.Folder),
    };
}
