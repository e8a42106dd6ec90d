using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>Somebody with an account on this installation. The e-mail address is the name to sign in with.</summary>
public sealed class Person : IdentityUser<Guid>
{
    /// <summary>Longest name shown to others, in characters.</summary>
    public const int MaxDisplayNameLength = 80;

    /// <summary>Makes a person with a new, time-ordered id.</summary>
    public Person() => Id = Guid.CreateVersion7();

    /// <summary>The name that others see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>Whether the person may do everything on this installation.</summary>
    public bool IsSiteAdmin { get; set; }

    /// <summary>Whether the person is kept out; what they did stays.</summary>
    public bool IsDisabled { get; set; }

    /// <summary>When the account was made.</summary>
    public DateTime CreatedAt { get; init; } = DateTime.UnixEpoch;

    /// <summary>The key that the person's authenticator app shares with this site, in Base32; waits for its first code until two-factor sign-in is on.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>The time step of the last code that was taken: each code works once.</summary>
    public long LastAuthenticatorStep { get; set; }

    /// <summary>Hashes of the recovery codes that are left.</summary>
    public IReadOnlyList<string> RecoveryCodeHashes { get; set; } = [];

    internal sealed class Configuration : IEntityTypeConfiguration<Person>
    {
        public void Configure(EntityTypeBuilder<Person> builder)
        {
            builder.ToTable("People");
            builder.Property(person => person.DisplayName).HasMaxLength(MaxDisplayNameLength);
            builder.Property(person => person.AuthenticatorKey).HasMaxLength(64);
            builder.Property(person => person.RecoveryCodeHashes).HasJsonText().HasDefaultValueSql("'[]'");   // people from before the column have none
        }
    }
}
