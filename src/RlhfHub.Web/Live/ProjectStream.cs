using System.Runtime.CompilerServices;
using System.Security.Claims;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Live;

/// <summary>
/// What is new in a project. Messages say where to look, not what is there, so several about the same thing that were not sent yet are one: a slow client hears less often, and misses nothing.
/// </summary>
internal sealed class ProjectStream(LiveFeed feed, ActorFactory actors, Access access, TimeProvider time)
{
    public async IAsyncEnumerable<ProjectMessage> FollowAsync(ClaimsPrincipal? principal, Guid projectId, [EnumeratorCancellation] CancellationToken stop)
    {
        var listener = new LiveListener(principal, projectId, Policy.See, actors, access, time);
        await listener.EnsureAsync(stop);
        var inbox = new ProjectInbox(time);
        using var subscription = feed.Subscribe(news =>
        {
            if (news.ProjectId == projectId && ProjectMessage.Of(news) is { } message) inbox.Put(message);
        });
        // From here on everything is told: whoever reads the lists now has missed nothing.
        yield return new ProjectMessage("joined");
        while (true)
        {
            await listener.EnsureAsync(stop);
            var messages = inbox.Take();
            foreach (var message in messages)
                if (message.IsForRaters || listener.Role >= ProjectRole.Reviewer) yield return message;
            if (messages.Count == 0) await inbox.WaitAsync(LiveListener.Interval, stop);
        }
    }
}

/// <summary>Something is new.</summary>
/// <param name="Kind"><c>joined</c>: the stream has begun; <c>round</c>: a round's state changed; <c>run</c>: events of a run were stored; <c>tasks</c>: there are new tasks.</param>
/// <param name="RoundId">The round.</param>
/// <param name="RunId">The run.</param>
/// <param name="Seq">The number of the run's last event.</param>
internal sealed record ProjectMessage(string Kind, Guid? RoundId = null, Guid? RunId = null, long? Seq = null)
{
    /// <summary>Rounds are the business of reviewers and admins.</summary>
    internal bool IsForRaters => Kind is "joined" or "tasks";

    public static ProjectMessage? Of(LiveNews news) => news switch
    {
        RunNews { Events: [.., var last] } run => new("run", run.RoundId, run.RunId, last.Seq),
        RoundNews round => new("round", round.RoundId),
        TaskNews => new("tasks"),
        _ => null,
    };
}

/// <summary>What is to be told of a project: at most one message about each thing.</summary>
internal sealed class ProjectInbox(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Bell bell = new(time);
    private OrderedDictionary<(string, Guid?, Guid?), ProjectMessage> held = [];

    public void Put(ProjectMessage message)
    {
        lock (gate) held[(message.Kind, message.RoundId, message.RunId)] = message;
        bell.Ring();
    }

    public IReadOnlyList<ProjectMessage> Take()
    {
        lock (gate)
        {
            IReadOnlyList<ProjectMessage> taken = [.. held.Values];
            held = [];
            return taken;
        }
    }

    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => bell.WaitAsync(timeout, cancellationToken);
}
