namespace RlhfHub.Domain.Projects;

/// <summary>What a member may do in a project; each role may do all that the one before may.</summary>
public enum ProjectRole
{
    /// <summary>Labels.</summary>
    Rater,

    /// <summary>Also approves, fixes and rejects what raters did, and compares models.</summary>
    Reviewer,

    /// <summary>Also sets the project up, imports, trains and exports.</summary>
    Admin,
}
