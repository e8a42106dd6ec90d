using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>What every use case about accounts does alike: finding, making, changing a password. Works inside the caller's transaction.</summary>
internal static class Accounts
{
    // The work factor that OWASP asks for with PBKDF2 and HMAC-SHA512; hashes of fewer rounds still verify.
    private static readonly PasswordHasher<Person> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    // What a password is compared with when nobody has the address: the answer must take as long as for somebody who is there.
    private static readonly Lazy<string> NobodysHash = new(() => HashOf(SecretToken.New()));

    public static string HashOf(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Whether the password fits the hash. Slow on purpose: call it outside of write transactions.</summary>
    public static bool Verifies(string? hash, string? password)
    {
        var isTooLong = password?.Length > PasswordRules.MaxLength;
        var result = Hasher.VerifyHashedPassword(null!, hash ?? NobodysHash.Value, isTooLong ? "" : password ?? "");
        return hash is not null && !isTooLong && result != PasswordVerificationResult.Failed;
    }

    public static Task<Person?> FindAsync(RlhfHubDbContext db, string? email, CancellationToken cancellationToken)
    {
        var normalized = Normalize(email ?? "");
        return db.Users.SingleOrDefaultAsync(person => person.NormalizedUserName == normalized, cancellationToken);
    }

    /// <summary>The person of a use case on oneself.</summary>
    public static async Task<Person> OwnAsync(RlhfHubDbContext db, Actor actor, CancellationToken cancellationToken) =>
        await db.Users.SingleOrDefaultAsync(person => person.Id == actor.Id && !person.IsDisabled, cancellationToken) ?? throw AccessException.SignInNeeded();

    /// <summary>Adds a person whose details were checked before. The e-mail address must be free.</summary>
    /// <exception cref="InvalidRequestException">Somebody has the address.</exception>
    public static async Task<Person> AddAsync(RlhfHubDbContext db, PersonDetails details, string passwordHash, DateTime now, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, details.Email, cancellationToken) is not null)
            throw new InvalidRequestException(nameof(PersonDetails.Email), "No account can be made with this address. If you have one already, sign in first and open the link again.");
        var person = new Person { DisplayName = details.DisplayName!, CreatedAt = now, LockoutEnabled = true, PasswordHash = passwordHash };
        ChangeEmail(person, details.Email!);
        RevokeSessions(person);
        db.Users.Add(person);
        return person;
    }

    /// <summary>Ends every session: cookies and circuits carry the stamp and are compared with it again and again.</summary>
    public static void RevokeSessions(Person person)
    {
        person.SecurityStamp = SecretToken.New();
        person.ConcurrencyStamp = Guid.NewGuid().ToString();
    }

    public static void ChangePassword(Person person, string passwordHash)
    {
        person.PasswordHash = passwordHash;
        person.AccessFailedCount = 0;
        person.LockoutEnd = null;
        RevokeSessions(person);
    }

    private static void ChangeEmail(Person person, string email)
    {
        person.Email = person.UserName = email;
        person.NormalizedEmail = person.NormalizedUserName = Normalize(email);
        person.EmailConfirmed = false;   // nobody can confirm one here: no mail is sent
    }

    private static string Normalize(string email) => email.Trim().ToUpperInvariant();
}
