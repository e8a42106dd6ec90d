namespace RlhfHub.Domain.People;

/// <summary>The person may not do this. The message may be shown to them.</summary>
public sealed class AccessException : Exception
{
    private AccessException(AccessProblem problem, string message) : base(message) => Problem = problem;

    /// <summary>Which of the three cases it is.</summary>
    public AccessProblem Problem { get; }

    /// <summary>Nobody is signed in.</summary>
    public static AccessException SignInNeeded() => new(AccessProblem.SignInNeeded, "Sign in first.");

    /// <summary>The person's role or token does not allow it.</summary>
    public static AccessException Forbidden(string what) => new(AccessProblem.Forbidden, what);

    /// <summary>There is nothing with this id that the person may know of; what belongs to a foreign project is answered alike.</summary>
    /// <param name="kind">What was looked for, as in "project".</param>
    /// <param name="id">The id that was given.</param>
    public static AccessException NotFound(string kind, object id) => new(AccessProblem.NotFound, $"There is no {kind} {id}.");
}

/// <summary>Why somebody may not do something.</summary>
public enum AccessProblem
{
    /// <summary>Nobody is signed in.</summary>
    SignInNeeded,

    /// <summary>The role or the token's scope is not enough.</summary>
    Forbidden,

    /// <summary>It does not exist, or the person may not know that it does.</summary>
    NotFound,
}
