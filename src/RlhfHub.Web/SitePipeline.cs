using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using RlhfHub.Web.Account;
using RlhfHub.Web.Api;
using RlhfHub.Web.Languages;

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
            if (context.Request.Path.StartsWithSegments("/api") && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next(context);
        });
        app.UseApiErrors();
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
        // SecurityHeaders sends the frame-ancestors policy; a second header would only repeat it.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }
}
