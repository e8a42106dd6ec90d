using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Data;

/// <summary>Everything that the platform stores. Made by a factory, one context an operation; <see cref="HubDatabase"/> says how.</summary>
public sealed class RlhfHubDbContext(DbContextOptions<RlhfHubDbContext> options) : IdentityUserContext<Person, Guid>(options)
{
    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDateTimeConverter>();

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Identity quietly leaves the table out when it does not find its options, and the next migration would drop it.
        if (builder.Model.FindEntityType(typeof(IdentityUserPasskey<Guid>)) is null)
            throw new InvalidOperationException($"The context was made without Identity's schema version; make its options with {nameof(HubDatabase)}.{nameof(HubDatabase.Configure)}.");

        builder.Entity<Person>().ToTable("People");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("PersonClaims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("PersonLogins");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("PersonPasskeys");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("PersonTokens");
    }
}
