using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RlhfHub.Training;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;
using RlhfHub.Worker.Serving.OpenAi;

namespace RlhfHub.Worker.Serving;

/// <summary>The worker as an OpenAI-compatible server: an HTTP front, one thread that computes, and the models in memory.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private const long MostBodyBytes = 16 << 20;
    private const int RequestsAPlace = 4;

    private readonly WebApplication app;
    private readonly ServingEngine engine;
    private readonly ModelPool pool;

    private ModelServer(WebApplication app, ServingEngine engine, ModelPool pool) => (this.app, this.engine, this.pool) = (app, engine, pool);

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts to listen.</summary>
    /// <param name="settings">How to serve.</param>
    /// <param name="urls">Where; a free port on loopback when null.</param>
    /// <param name="error">Where it is said what went wrong inside.</param>
    public static async Task<ModelServer> StartAsync(ServerSettings settings, string? urls, TextWriter error)
    {
        // Nothing of the surroundings' own web settings: what this server does stands on its command line.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            if (urls is null) kestrel.Listen(IPAddress.Loopback, 0);
        });
        if (urls is not null) builder.WebHost.UseUrls(urls);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(settings.GraceSeconds));
        var app = builder.Build();

        var engine = new ServingEngine(settings, error);
        var pool = new ModelPool(settings, engine);
        var places = new PlaceCounter(settings.MaxQueue);
        var metrics = new ServerMetrics(engine, pool, places);
        var gate = new RequestGate(settings.Token, isLocal: urls is null || ListenAddress.AreLoopback(urls), app.Lifetime.ApplicationStopping, new PlaceCounter(RequestsAPlace * settings.MaxQueue), metrics, error);
        app.Use(gate.PassAsync);
        Map(app, settings, engine, pool, places, metrics);
        var server = new ModelServer(app, engine, pool);
        try
        {
            await app.StartAsync();
        }
        catch (Exception problem)
        {
            await server.DisposeAsync();
            // Kestrel's words for an address that it can do nothing with.
            if (problem is InvalidOperationException or FormatException) throw new InvalidInputException($"--urls is '{urls}': {problem.Message}", problem);
            throw;
        }
        server.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    /// <summary>Serves until the process is told to stop; streams have their grace then.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Lets streams end within their grace, then stops.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        engine.Dispose();
        pool.Dispose();
    }

    private static void Map(WebApplication app, ServerSettings settings, ServingEngine engine, ModelPool pool, PlaceCounter places, ServerMetrics metrics)
    {
        var generation = new Generation(places, engine, settings);
        var scoring = new Scoring(engine, places, settings);
        var models = new Models(pool);
        var scores = new Scores(pool, scoring);
        app.MapPost("/v1/chat/completions", new ChatCompletions(pool, generation, settings).AnswerAsync);
        app.MapPost("/v1/completions", new Completions(pool, generation, settings).AnswerAsync);
        app.MapPost("/v1/embeddings", new Embeddings(pool, scoring).AnswerAsync);
        app.MapPost("/v1/score", scores.AnswerAsync);
        app.MapPost("/get_reward", scores.AnswerOpenRlhfAsync);
        app.MapGet("/v1/models", models.ListAsync);
        app.MapGet("/v1/models/{**id}", models.GetAsync);
        app.MapPost("/v1/models/load", models.LoadAsync);
        app.MapPost("/v1/models/unload", models.UnloadAsync);
        app.MapGet(RequestGate.HealthPath, http => http.Response.WriteAsJsonAsync(new { status = "ok" }, WireJson.Options, http.RequestAborted));
        app.MapGet("/metrics", metrics.AnswerAsync);
        app.MapFallback("{**path}", http => throw new ApiException(404, $"There is no {http.Request.Method} {http.Request.Path}; this server answers OpenAI's /v1/chat/completions, /v1/completions, /v1/embeddings and /v1/models, and /v1/score."));
    }
}
