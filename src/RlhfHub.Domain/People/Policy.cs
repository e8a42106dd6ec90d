namespace RlhfHub.Domain.People;

/// <summary>What a use case asks of the person who calls it.</summary>
public enum Policy
{
    /// <summary>Anybody, signed in or not.</summary>
    Anybody,

    /// <summary>Anybody who is signed in; what is shown or changed is the person's own.</summary>
    SignedIn,

    /// <summary>Any member of the project, for reading what every member may see.</summary>
    See,

    /// <summary>Members who label: raters, reviewers and admins of the project.</summary>
    Label,

    /// <summary>Members who judge what others did: reviewers and admins of the project.</summary>
    Review,

    /// <summary>Admins of the project.</summary>
    Manage,

    /// <summary>Admins of the installation.</summary>
    ManageSite,
}

/// <summary>States the policy that a use case requires before it does anything. The authorization matrix calls every use case as everybody and compares.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(Policy policy) : Attribute
{
    /// <summary>The policy.</summary>
    public Policy Policy { get; } = policy;

    /// <summary>Whether the use case only reads, so that a token with the scope <see cref="ActorScope.Read"/> may call it.</summary>
    public bool ReadsOnly { get; init; }
}
