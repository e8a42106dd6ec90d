namespace RlhfHub.Web.Features.Rounds;

/// <summary>Where the pages of a project's rounds are.</summary>
internal static class RoundAddress
{
    public static string List(Guid project) => $"/projects/{project}/rounds";

    public static string New(Guid project) => $"/projects/{project}/rounds/new";

    /// <summary>The form, filled with a round's settings.</summary>
    public static string Again(Guid project, Guid round) => $"{New(project)}?like={round}";

    public static string Of(Guid project, Guid round) => $"/projects/{project}/rounds/{round}";
}
