using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>How accounts come about here; the section "Accounts" of the settings.</summary>
public sealed record AccountSettings
{
    /// <summary>Whether anybody who reaches the site may make an account. Otherwise it takes an invitation.</summary>
    public bool OpenRegistration { get; init; }
}

/// <summary>Making an account without an invitation, where the installation allows it.</summary>
public sealed class RegistrationService(WriteTransactions writes, AccountSettings settings, TimeProvider time)
{
    /// <summary>Makes an account that may do nothing yet but be added to projects.</summary>
    /// <returns>The person's id.</returns>
    /// <exception cref="InvalidRequestException">The details are wrong.</exception>
    /// <exception cref="AccessException">It takes an invitation here.</exception>
    [Requires(Policy.Anybody)]
    public async Task<Guid> RegisterAsync(Actor actor, PersonDetails details, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        if (!settings.OpenRegistration) throw AccessException.Forbidden("Accounts are made by invitation here; ask who runs this site for one.");
        details = details.Trimmed();
        InvalidRequestException.ThrowIfAny(details.Problems());
        var hash = Accounts.HashOf(details.Password!);
        return await writes.RunAsync(async db =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var person = await Accounts.AddAsync(db, details, hash, now, cancellationToken);
            await AuditLog.RecordAsync(db, new Actor(person.Id), "person.register", null, person.Id.ToString(), null, now, cancellationToken);
            return person.Id;
        }, cancellationToken);
    }
}
