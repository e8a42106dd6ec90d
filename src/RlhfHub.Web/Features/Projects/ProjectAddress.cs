namespace RlhfHub.Web.Features.Projects;

/// <summary>Where a project's pages are.</summary>
internal static class ProjectAddress
{
    public static string Label(Guid project) => $"/projects/{project}/label";

    public static string History(Guid project) => $"/projects/{project}/history";

    public static string Review(Guid project) => $"/projects/{project}/review";

    /// <summary>What somebody did in a project.</summary>
    public static string Mine(Guid project) => $"/projects/{project}/mine";

    public static string Prompts(Guid project) => $"/projects/{project}/prompts";

    public static string Import(Guid project) => $"/projects/{project}/import";

    public static string Tasks(Guid project) => $"/projects/{project}/tasks";

    /// <summary>Snapshots and their exports.</summary>
    public static string Datasets(Guid project) => $"/projects/{project}/datasets";

    public static string Models(Guid project) => $"/projects/{project}/models";

    /// <summary>Models that rounds left.</summary>
    public static string Versions(Guid project) => $"/projects/{project}/versions";

    public static string Log(Guid project) => $"/projects/{project}/log";

    public static string Guidelines(Guid project) => $"/projects/{project}/guidelines";

    public static string Members(Guid project) => $"/projects/{project}/members";

    public static string Settings(Guid project) => $"/projects/{project}/settings";
}
