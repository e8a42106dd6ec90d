using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Live;

/// <summary>
/// What happens, for programs. Each method is a stream that ends with the connection, when the client cancels it, or when the person may listen no longer. The pages listen to <see cref="LiveFeed"/>.
/// </summary>
[Authorize]
internal sealed class LiveHub(RunStream runs, ProjectStream projects) : Hub
{
    /// <summary>Below this lies everything that programs connect to.</summary>
    public const string Root = "/hubs";

    public const string Address = $"{Root}/live";

    /// <summary>The most streams of one connection.</summary>
    public const int MostStreams = 32;

    /// <summary>The events of a run after the one with the number <paramref name="after"/>, in order, each once: those that are stored, then those that come.</summary>
    public IAsyncEnumerable<IReadOnlyList<RunEventDetails>> Run(Guid projectId, Guid runId, long after, CancellationToken stop) =>
        OfferAsync(runs.FollowAsync(Context.User, projectId, runId, after, stop), stop);

    /// <summary>What is new in a project.</summary>
    public IAsyncEnumerable<ProjectMessage> Project(Guid projectId, CancellationToken stop) => OfferAsync(projects.FollowAsync(Context.User, projectId, stop), stop);

    public override Task OnConnectedAsync()
    {
        Context.Items[typeof(StreamCount)] = new StreamCount();
        return Task.CompletedTask;
    }

    private async IAsyncEnumerable<T> OfferAsync<T>(IAsyncEnumerable<T> stream, [EnumeratorCancellation] CancellationToken stop)
    {
        var count = (StreamCount)Context.Items[typeof(StreamCount)]!;
        try
        {
            if (count.Add(1) > MostStreams) throw new HubException($"This connection has {MostStreams} streams already, which is the most; cancel one first.");
            await foreach (var item in stream.WithCancellation(stop)) yield return item;
        }
        finally
        {
            count.Add(-1);
        }
    }

    private sealed class StreamCount
    {
        private int streams;

        public int Add(int more) => Interlocked.Add(ref streams, more);
    }
}
