using System.Reflection;
using Microsoft.AspNetCore.Components;
using RlhfHub.Web;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The address of every page that the site has, so that a new page is looked at from its first day.</summary>
internal static class PageAddresses
{
    private const string Project = "{ProjectId:guid}";

    /// <summary>All of them, within a project.</summary>
    public static IReadOnlyList<string> All(string project) =>
        [.. typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => Fill(route.Template, project)).Order()];

    private static string Fill(string route, string project)
    {
        var address = route.Replace(Project, project, StringComparison.Ordinal);
        return address.Contains('{') ? throw new InvalidOperationException($"The route {route} has a parameter that PageAddresses cannot fill; teach it one.") : address;
    }
}
