using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using RlhfHub.Web.Account;
using RlhfHub.Web.Api;
using RlhfHub.Web.Languages;
using RlhfHub.Web.Live;

namespace RlhfHub.Web;

/// <summary>What happens to a request, in order. What is not marked anonymous asks for a sign-in.</summary>
internal static class SitePipeline
{
    public static void UseSite(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseLanguages();
        if (!app.Environment.IsDevelopment()) app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            // Programs read status codes, not pages.
            if (IsForPrograms(context.Request.Path) && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next(context);
        });
        app.UseApiErrors();
        app.UseLiveOrigins();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapHealthChecks("/healthz").AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();   // answers while the process does
        app.MapStaticAssets().AllowAnonymous();
        app.MapPasskeys();
        app.MapLanguageChoice();
        app.MapHubApi();
        app.MapLive();
        // SecurityHeaders sends the frame-ancestors policy; a second header would only repeat it.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>Whether an address is for programs, which are answered with a status and never sent to a page.</summary>
    internal static bool IsForPrograms(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments(LiveHub.Root);
}
