using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Tests.Live;

/// <summary>The hub over real sockets, as programs reach it.</summary>
public sealed class LiveHubTests
{
    [Fact]
    public async Task Run_ConnectionsBreakWhileEventsAreStored_BringsEachEventOnceAndInOrder()
    {
        const int Watchers = 4, Breaks = 20;
        await using var site = new TestSite();

        var report = await LiveLoad.RunAsync(site, Watchers, Breaks, eventsAtOnce: 10, storePause: TimeSpan.FromMilliseconds(2), mostEventsBetweenDrops: 200, seed: 1);

        Assert.True(report.Faults.Count == 0, string.Join("\n", report.Faults.Take(10)));
        Assert.Equal(Watchers * report.Events, report.Heard);
        // A break can end an attempt that had not come to a connection.
        Assert.InRange(report.Connections, Watchers + (Breaks / 2), Watchers + Breaks);
        Assert.True(report.Events > 500, $"only {report.Events} events were stored");
    }

    [Fact]
    public async Task Streams_AskedForByEverybody_LetInThoseWhoMayListen()
    {
        var site = new TestSite();
        var address = site.Listen();
        await using var live = await LiveSite.CreateAsync(site);
        await live.Run.StoreAndTellAsync(1);
        var foreign = await live.Get<ProjectService>().CreateAsync(live.Admin, new ProjectDraft { Name = "Foreign" }, default);
        var foreignRun = await StoredRun.CreateAsync(site.Services, live.Admin, foreign);
        await foreignRun.StoreAndTellAsync(1);
        var nowhere = Guid.NewGuid();
        (string Who, string Token, bool MayProject, bool MayRun, bool IsSiteAdmin)[] people =
        [
            ("stranger", await live.TokenAsync(await live.AddAsync(null)), false, false, false),
            ("rater", await live.TokenAsync(await live.AddAsync(ProjectRole.Rater)), true, false, false),
            ("reviewer", await live.TokenAsync(await live.AddAsync(ProjectRole.Reviewer)), true, true, false),
            ("admin", await live.TokenAsync(await live.AddAsync(ProjectRole.Admin)), true, true, false),
            ("site admin", await live.TokenAsync(live.Admin), true, true, true),
            ("token that reads", await live.TokenAsync(live.Admin, ActorScope.Read), true, true, true),
        ];

        List<string> faults = [];
        foreach (var (who, token, mayProject, mayRun, isSiteAdmin) in people)
        {
            await using var connection = Connect(address, token);
            await connection.StartAsync();
            await CheckAsync(who, live.Project, live.Run.Id, mayProject ? null : $"There is no project {live.Project}.", mayRun ? null : mayProject ? "Only reviewers and admins of this project may do this; you are its rater." : $"There is no project {live.Project}.");
            await CheckAsync(who, foreign, foreignRun.Id, isSiteAdmin ? null : $"There is no project {foreign}.", isSiteAdmin ? null : $"There is no project {foreign}.");
            await CheckAsync(who, nowhere, live.Run.Id, $"There is no project {nowhere}.", $"There is no project {nowhere}.");

            async Task CheckAsync(string name, Guid project, Guid run, string? projectRefusal, string? runRefusal)
            {
                var ofProject = await RefusalAsync(connection.StreamAsync<ProjectMessage>("Project", project));
                var ofRun = await RefusalAsync(connection.StreamAsync<IReadOnlyList<RunEventDetails>>("Run", project, run, 0L));
                if (ofProject != projectRefusal) faults.Add($"{name}, project {project}: {ofProject ?? "let in"}; expected {projectRefusal ?? "to be let in"}");
                if (ofRun != runRefusal) faults.Add($"{name}, run of {project}: {ofRun ?? "let in"}; expected {runRefusal ?? "to be let in"}");
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("rlhf_no-such-token")]
    public async Task Connect_WithoutAValidToken_IsUnauthorized(string? token)
    {
        await using var site = new TestSite();
        using var client = site.CreateClient(new() { AllowAutoRedirect = false });
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var response = await client.PostAsync("/hubs/live/negotiate?negotiateVersion=1", null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("http://localhost", HttpStatusCode.OK)]
    [InlineData("https://localhost", HttpStatusCode.OK)]
    [InlineData("http://localhost:81", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task Connect_WithACookie_OnlyFromTheSiteItself(string? origin, HttpStatusCode expected)
    {
        await using var site = new TestSite();
        using var browser = await site.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hubs/live/negotiate?negotiateVersion=1");
        if (origin is not null) request.Headers.Add("Origin", origin);

        using var response = await browser.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Connect_TokenInTheAddress_IsTakenFromEverywhereAndLoggedNowhere()
    {
        using var logs = new Logs();
        var site = new TestSite { Logs = logs, Settings = { ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace" } };
        var address = site.Listen();
        await using var live = await LiveSite.CreateAsync(site);
        await live.Run.StoreAndTellAsync(1);
        var token = await live.TokenAsync(live.Admin);
        using var socket = new ClientWebSocket();
        // From a page of another site: a token is never sent by itself.
        socket.Options.SetRequestHeader("Origin", "https://tools.example");

        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/hubs/live?access_token={token}&other=1"), default);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, default);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":4,"invocationId":"1","target":"Run","arguments":["{{live.Project}}","{{live.Run.Id}}",0]}""" + "\u001e"), WebSocketMessageType.Text, true, default);
        var heard = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!heard.ToString().Contains("\"loss\":1", StringComparison.Ordinal)) heard.Append(Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, patience.Token)).Count));
        socket.Abort();
        // The wrong one is refused, and is a secret all the same.
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            using var wrong = new ClientWebSocket();
            await wrong.ConnectAsync(new Uri($"ws://{address.Authority}/hubs/live?access_token=rlhf_mistyped"), default);
        });

        Assert.Contains("\"seq\":1", heard.ToString());
        Assert.Contains(logs.Lines, line => line.Contains("/hubs/live?other=1", StringComparison.Ordinal));   // the request is in the log
        Assert.DoesNotContain(logs.Lines, line => line.Contains(token, StringComparison.Ordinal) || line.Contains("rlhf_mistyped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_MoreThanAConnectionMayHave_AreRefusedUntilOneEnds()
    {
        var site = new TestSite();
        var address = site.Listen();
        await using var live = await LiveSite.CreateAsync(site);
        await using var connection = Connect(address, await live.TokenAsync(live.Admin));
        await connection.StartAsync();
        List<IAsyncEnumerator<ProjectMessage>> streams = [];
        using var one = new CancellationTokenSource();
        for (var number = 0; number < LiveHub.MostStreams; number++)
        {
            streams.Add(connection.StreamAsync<ProjectMessage>("Project", live.Project, number == 0 ? one.Token : default).GetAsyncEnumerator());
            Assert.True(await streams[^1].MoveNextAsync());
        }

        var refusal = await RefusalAsync(connection.StreamAsync<ProjectMessage>("Project", live.Project));
        await one.CancelAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await RefusalAsync(connection.StreamAsync<ProjectMessage>("Project", live.Project)) is not null) await Task.Delay(10, patience.Token);

        Assert.Contains("32 streams", refusal);
    }

    private static HubConnection Connect(Uri site, string token) =>
        new HubConnectionBuilder().WithUrl(new Uri(site, "hubs/live"), HttpTransportType.WebSockets, options => options.AccessTokenProvider = () => Task.FromResult<string?>(token)).Build();

    // null: let in, and something came.
    private static async Task<string?> RefusalAsync<T>(IAsyncEnumerable<T> stream)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await foreach (var _ in stream.WithCancellation(stop.Token)) return null;
            return "the stream ended";
        }
        catch (HubException error)
        {
            // SignalR puts words of its own before ours.
            const string Mark = "HubException: ";
            return error.Message.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var start ? error.Message[(start + Mark.Length)..] : error.Message;
        }
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
