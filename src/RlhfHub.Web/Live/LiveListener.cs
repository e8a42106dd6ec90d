using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using RlhfHub.Domain;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Live;

/// <summary>Somebody who listens to a project, and whether they still may. A connection outlives sessions, tokens and memberships, so it is asked again as long as it goes on.</summary>
internal sealed class LiveListener(ClaimsPrincipal? principal, Guid projectId, Policy policy, ActorFactory actors, Access access, TimeProvider time)
{
    /// <summary>How long an answer is good for, so that whoever may listen no longer has heard the last within a minute.</summary>
    public static readonly TimeSpan Interval = AccountServices.SessionCheckInterval;

    private long? askedAt;

    public Actor Actor { get; private set; } = Actor.Anonymous;

    public ProjectRole Role { get; private set; }

    /// <summary>Asks, unless it was asked a moment ago.</summary>
    /// <exception cref="HubException">The person may not listen, or not any more.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (askedAt is { } before && time.GetElapsedTime(before) < Interval) return;
        (Actor, Role) = await SayAsync(async () =>
        {
            var actor = await actors.FromAsync(principal, cancellationToken);
            return (actor, await access.RequireAsync(actor, projectId, policy, cancellationToken, readsOnly: true));
        });
        askedAt = time.GetTimestamp();
    }

    /// <summary>Does something, and says what is wrong with it in the words that the client is to read.</summary>
    /// <exception cref="HubException">It is not allowed, or makes no sense.</exception>
    public static async Task<T> SayAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is AccessException or InvalidRequestException)
        {
            throw new HubException(error.Message);
        }
    }
}
