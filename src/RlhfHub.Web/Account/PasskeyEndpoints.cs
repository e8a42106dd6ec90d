using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>What account.js asks before it talks to the browser about passkeys. The challenge waits in a short-lived cookie.</summary>
internal static class PasskeyEndpoints
{
    public static void MapPasskeys(this WebApplication app)
    {
        app.MapPost("/account/passkeys/creation-options", async (HttpContext context, IAntiforgery antiforgery, ActorFactory actors, ProfileService profiles, SignInManager<Person> manager) =>
        {
            await antiforgery.ValidateRequestAsync(context);
            var profile = await profiles.GetAsync(await actors.FromAsync(context.User, context.RequestAborted), context.RequestAborted);
            return Json(await manager.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = profile.Id.ToString(), Name = profile.Email, DisplayName = profile.DisplayName }));
        });
        app.MapPost("/account/passkeys/request-options", async (HttpContext context, IAntiforgery antiforgery, SignInManager<Person> manager) =>
        {
            await antiforgery.ValidateRequestAsync(context);
            return Json(await manager.MakePasskeyRequestOptionsAsync(null));
        }).AllowAnonymous();
    }

    private static IResult Json(string options) => Results.Content(options, "application/json");
}
