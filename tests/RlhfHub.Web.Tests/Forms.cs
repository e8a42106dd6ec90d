using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace RlhfHub.Web.Tests;

/// <summary>Fills in forms as a browser does: hidden fields, antiforgery token and all.</summary>
internal static class Forms
{
    public static async Task<IHtmlDocument> ReadAsync(this HttpClient browser, string address)
    {
        using var response = await browser.GetAsync(address);
        return await response.ReadPageAsync();
    }

    public static async Task<IHtmlDocument> ReadPageAsync(this HttpResponseMessage response) => await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());

    /// <summary>Opens a page, fills in the form whose handler is named <paramref name="handler"/> and sends it.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(this HttpClient browser, string address, string handler, params (string Name, string Value)[] values)
    {
        var page = await browser.ReadAsync(address);
        var form = page.Forms.Single(form => form.QuerySelector($"input[name=_handler][value='{handler}']") is not null);
        var fields = form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (name, value) in values) fields[name] = value;
        return await browser.PostAsync(address, new FormUrlEncodedContent(fields));
    }

    /// <summary>A browser in which somebody signed in by the form; without a name the admin.</summary>
    public static async Task<HttpClient> SignInAsync(this TestSite site, string email = TestSite.AdminEmail)
    {
        var browser = site.CreateClient();
        await browser.SignInAsync(email, TestSite.Password);
        return browser;
    }

    /// <summary>Signs in on the sign-in page.</summary>
    public static async Task SignInAsync(this HttpClient browser, string email, string password)
    {
        using var response = await browser.SubmitAsync("/account/sign-in?returnUrl=%2Faccount", "password", ("Email", email), ("Password", password));
        if (response.StatusCode != HttpStatusCode.OK || response.RequestMessage!.RequestUri!.AbsolutePath != "/account") throw new InvalidOperationException($"Signing in as {email} did not work.");
    }

    /// <summary>What the page says is wrong.</summary>
    public static IReadOnlyList<string> Problems(this IHtmlDocument page) => [.. page.QuerySelectorAll(".error, .problem").Select(element => element.TextContent).Where(text => text.Length > 0)];
}
