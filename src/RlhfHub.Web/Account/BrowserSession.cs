using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>The cookies of a request: the session's own, and the short one between a right password and the second factor.</summary>
internal sealed class BrowserSession(SignInManager<Person> manager, IDbContextFactory<RlhfHubDbContext> contexts)
{
    private const string RemembersClaim = "rlhfhub:remembers";

    public async Task BeginAsync(Guid personId, bool isRemembered)
    {
        await manager.Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await manager.SignInAsync(await ReadAsync(personId), isRemembered);
    }

    /// <summary>Gives this browser a cookie that fits the person as they are now, after what ended all sessions.</summary>
    public async Task RefreshAsync(Guid personId)
    {
        var present = await manager.Context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        await manager.SignInAsync(await ReadAsync(personId), present.Properties?.IsPersistent ?? false);
    }

    public Task EndAsync() => manager.SignOutAsync();

    /// <summary>Remembers for five minutes that this browser gave the right password.</summary>
    public Task AwaitSecondFactorAsync(Guid personId, bool isRemembered)
    {
        Claim[] claims = [new(ClaimTypes.Name, personId.ToString()), new(RemembersClaim, isRemembered.ToString(CultureInfo.InvariantCulture))];
        return manager.Context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new ClaimsPrincipal(new ClaimsIdentity(claims, IdentityConstants.TwoFactorUserIdScheme)));
    }

    /// <summary>Whose password this browser gave; null when that is too long ago or never happened.</summary>
    public async Task<(Guid PersonId, bool IsRemembered)?> FindAwaitedAsync()
    {
        var waiting = await manager.Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (waiting.Principal?.FindFirstValue(RemembersClaim) is not { } remembers || !Guid.TryParse(waiting.Principal.FindFirstValue(ClaimTypes.Name), out var id)) return null;
        return (id, bool.Parse(remembers));
    }

    // From a context of its own: the request's may still hold the person as they were before the change.
    private async Task<Person> ReadAsync(Guid personId)
    {
        await using var db = await contexts.CreateDbContextAsync(manager.Context.RequestAborted);
        return await db.Users.AsNoTracking().SingleAsync(person => person.Id == personId, manager.Context.RequestAborted);
    }
}
