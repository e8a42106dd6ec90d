using System.Globalization;
using Microsoft.AspNetCore.Localization;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Languages;

/// <summary>Which language a browser is served in: what somebody chose (a cookie), else what the browser asks for. Programs are always answered in English.</summary>
internal static class LanguageChoice
{
    public static void UseLanguages(this WebApplication app) => app.UseWhen(
        context => !context.Request.Path.StartsWithSegments("/api"),
        pages => pages.UseRequestLocalization(new RequestLocalizationOptions
        {
            // Words alone follow the reader. Code that parses and compares must not.
            DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, Language.All[0].Culture),
            SupportedCultures = [CultureInfo.InvariantCulture],
            SupportedUICultures = [.. Language.All.Select(language => language.Culture), Language.Pseudo.Culture],
            RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()],
        }));

    /// <summary>The address that changes the language and comes back.</summary>
    public static string Address(Language language, string returnUrl) => $"/language/{language.Code}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    public static void MapLanguageChoice(this WebApplication app) => app.MapGet("/language/{code}", (string code, string? returnUrl, HttpContext context) =>
    {
        if (Language.Of(code) is not { } language) return Results.NotFound();
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(CultureInfo.InvariantCulture, language.Culture)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), IsEssential = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps });
        return Results.LocalRedirect(LocalAddress.OrHome(returnUrl));
    }).AllowAnonymous().ExcludeFromDescription();
}
