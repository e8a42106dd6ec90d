using System.Reflection;
using Microsoft.AspNetCore.Components;
using RlhfHub.Web;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The address of every page that the site has, so that a new page is looked at from its first day.</summary>
internal static class PageAddresses
{
    private const string Project = "{ProjectId:guid}";
    private const string Round = "{RoundId:guid}";

    /// <summary>All of them, within a project and one of its rounds.</summary>
    public static IReadOnlyList<string> All(string project, string round) =>
        [.. typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => Fill(route.Template, project, round)).Order()];

    private static string Fill(string route, string project, string round)
    {
        var address = route.Replace(Project, project, StringComparison.Ordinal).Replace(Round, round, StringComparison.Ordinal);
        return address.Contains('{') ? throw new InvalidOperationException($"The route {route} has a parameter that PageAddresses cannot fill; teach it one.") : address;
    }
}
