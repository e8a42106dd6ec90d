namespace RlhfHub.Web.Features.Projects;

/// <summary>Where a project's pages are.</summary>
internal static class ProjectAddress
{
    public static string Label(Guid project) => $"/projects/{project}/label";

    public static string History(Guid project) => $"/projects/{project}/history";

    public static string Guidelines(Guid project) => $"/projects/{project}/guidelines";

    public static string Members(Guid project) => $"/projects/{project}/members";

    public static string Settings(Guid project) => $"/projects/{project}/settings";
}
