using Microsoft.AspNetCore.Components.Authorization;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>Who looks at this page, in a circuit as in a static page. Ask it at each action instead of keeping the answer.</summary>
public sealed class CurrentActor(AuthenticationStateProvider authentication, ActorFactory actors)
{
    public async Task<Actor> GetAsync(CancellationToken cancellationToken = default) => await actors.FromAsync((await authentication.GetAuthenticationStateAsync()).User, cancellationToken);
}
