using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Projects;

/// <summary>What people are in a project, and what became of their invitations, in words.</summary>
internal static class RoleNames
{
    public static string Of(ProjectRole role) => role switch
    {
        ProjectRole.Rater => T("Rater"),
        ProjectRole.Reviewer => T("Reviewer"),
        _ => T("Admin"),
    };

    /// <summary>An order to make somebody that.</summary>
    public static string Make(ProjectRole role) => role switch
    {
        ProjectRole.Rater => T("Make a rater"),
        ProjectRole.Reviewer => T("Make a reviewer"),
        _ => T("Make an admin"),
    };

    public static string Of(InvitationState state) => state switch
    {
        InvitationState.Open => T("Open|invitation"),
        InvitationState.Accepted => T("Accepted|invitation"),
        InvitationState.Revoked => T("Taken back|invitation"),
        _ => T("Expired|invitation"),
    };
}
