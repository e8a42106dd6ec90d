namespace RlhfHub.Domain.People;

/// <summary>Who acts: the first argument of every use case. Pages, hubs and the API make it from their principal.</summary>
/// <param name="PersonId">The person; null for somebody who is not signed in.</param>
/// <param name="IsSiteAdmin">Whether the person may do everything on this installation.</param>
/// <param name="Scope">What the sign-in allows at most: a browser everything, a token what it was made for.</param>
public sealed record Actor(Guid? PersonId, bool IsSiteAdmin = false, ActorScope Scope = ActorScope.Everything)
{
    /// <summary>Somebody who is not signed in.</summary>
    public static readonly Actor Anonymous = new(null, false, ActorScope.None);

    /// <summary>The person's id.</summary>
    /// <exception cref="AccessException">Nobody is signed in.</exception>
    public Guid Id => PersonId ?? throw AccessException.SignInNeeded();
}

/// <summary>What a token may be used for; each contains the one before.</summary>
public enum ActorScope
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Reading.</summary>
    Read,

    /// <summary>Reading and labeling.</summary>
    Label,

    /// <summary>All that the person may do.</summary>
    Everything,
}
