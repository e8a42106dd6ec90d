using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Tests.Live;

/// <summary>A program that follows a run: connects, and after each break again, from the last event that it has heard.</summary>
internal sealed class RunFollower(Uri site, string token, Guid projectId, Guid runId)
{
    private const int MostFailures = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private ClientWebSocket? socket;

    /// <summary>The number of the last event that it has heard.</summary>
    public long Last { get; private set; }

    /// <summary>How often it has connected.</summary>
    public int Connections { get; private set; }

    /// <summary>Follows the run until told to stop.</summary>
    /// <exception cref="HubException">The site refuses.</exception>
    public async Task FollowAsync(Action<IReadOnlyList<RunEventDetails>> heard, CancellationToken stop)
    {
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            await using var connection = Connect();
            try
            {
                await connection.StartAsync(stop);
                Connections++;
                await foreach (var events in connection.StreamAsync<IReadOnlyList<RunEventDetails>>("Run", projectId, runId, Last, stop))
                {
                    heard(events);
                    Last = events[^1].Seq;
                    failures = 0;
                }
            }
            catch (Exception error) when (failures < MostFailures && error is HubException or WebSocketException or IOException or HttpRequestException or OperationCanceledException or InvalidOperationException)
            {
                // A break has many names; what goes on failing is none.
            }
            if (!stop.IsCancellationRequested) await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <summary>Breaks the connection, whatever it is doing, as when a cable is pulled.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Break()
    {
        if (Interlocked.Exchange(ref socket, null) is not { } current) return false;
        current.Abort();
        return true;
    }

    private HubConnection Connect() => new HubConnectionBuilder().WithUrl(new Uri(site, "hubs/live"), HttpTransportType.WebSockets, options =>
    {
        options.SkipNegotiation = true;
        options.WebSocketFactory = async (context, cancellationToken) =>
        {
            var made = new ClientWebSocket();
            made.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            socket = made;
            await made.ConnectAsync(context.Uri, cancellationToken);
            return made;
        };
    }).Build();
}
