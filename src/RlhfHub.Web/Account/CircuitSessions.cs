using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace RlhfHub.Web.Account;

/// <summary>Looks twice a minute whether the session behind an open circuit still holds; otherwise the page learns that nobody is signed in.</summary>
internal sealed class CircuitSessions(ILoggerFactory loggers, ActorFactory actors) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => AccountServices.SessionCheckInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        (await actors.FromAsync(authenticationState.User, cancellationToken)).PersonId is not null;
}
