using RlhfHub.Domain.People;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Api;

/// <summary>Who calls an endpoint.</summary>
internal sealed record Caller(Actor Actor)
{
    /// <summary>Found by ASP.NET Core when an endpoint has a parameter of this type.</summary>
    public static async ValueTask<Caller?> BindAsync(HttpContext context) =>
        new(await context.RequestServices.GetRequiredService<ActorFactory>().FromAsync(context.User, context.RequestAborted));
}
