namespace RlhfHub.Domain.People;

/// <summary>Making the first admin in the browser, with a link that only the terminal showed.</summary>
public sealed class SetUpService(FirstAdmin firstAdmin, SetUpLink link)
{
    /// <summary>Whether the link's secret is the right one and there is no admin yet.</summary>
    [Requires(Policy.Anybody, ReadsOnly = true)]
    public async Task<bool> IsOpenAsync(Actor actor, string? token, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        return link.IsRight(token) && await firstAdmin.IsMissingAsync(cancellationToken);
    }

    /// <summary>Makes the first admin.</summary>
    /// <returns>The admin's id; null when the secret is not the right one or there is an admin already.</returns>
    /// <exception cref="InvalidRequestException">The details are wrong.</exception>
    [Requires(Policy.Anybody)]
    public async Task<Guid?> CreateAdminAsync(Actor actor, string? token, PersonDetails details, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        if (!link.IsRight(token)) return null;
        var id = await firstAdmin.CreateAsync(details, cancellationToken);
        link.Close();
        return id;
    }
}

/// <summary>The secret of the set-up link. It lives in memory and dies with its use or the process.</summary>
public sealed class SetUpLink
{
    private volatile string? tokenHash;

    /// <summary>A new secret; the one before is worth nothing from now on.</summary>
    public string Issue()
    {
        var token = SecretToken.New();
        tokenHash = SecretToken.Hash(token);
        return token;
    }

    /// <summary>Whether this is the secret.</summary>
    public bool IsRight(string? token) => token is not null && tokenHash is { } hash && SecretToken.Hash(token) == hash;

    /// <summary>Ends the link.</summary>
    public void Close() => tokenHash = null;
}
