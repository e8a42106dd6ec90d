using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.People;

/// <summary>Base of tests on accounts: the real services over a migrated file, a clock that stands still, and a first admin.</summary>
public abstract class PeopleTest : IAsyncLifetime
{
    protected const string Password = "many small violet boats";

    private readonly TemporaryFolder temporary = new();
    private ServiceProvider services = null!;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The first admin, anna@example.org.</summary>
    protected Actor Admin { get; private set; } = null!;

    protected virtual AccountSettings Settings => new();

    public async Task InitializeAsync()
    {
        services = new ServiceCollection().AddSingleton<TimeProvider>(Time).AddSingleton(Settings).AddHub(temporary["hub.db"]).BuildServiceProvider();
        await using (var db = await OpenAsync()) await HubDatabase.MigrateAsync(db);
        var id = await Get<FirstAdmin>().CreateAsync(new("anna@example.org", "Anna", Password), default);
        Admin = new(id, IsSiteAdmin: true);
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        temporary.Dispose();
    }

    protected T Get<T>() where T : notnull => services.GetRequiredService<T>();

    protected Task<RlhfHubDbContext> OpenAsync() => Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();

    /// <summary>Somebody with an account, made through an invitation as people are.</summary>
    protected async Task<Actor> JoinAsync(string name)
    {
        var invitation = await Get<InvitationService>().InviteToSiteAsync(Admin, false, null, 7, default);
        var id = await Get<InvitationAcceptanceService>().AcceptAsNewAsync(Actor.Anonymous, invitation.Secret, new($"{name}@example.org", name, Password), default);
        return new(id);
    }

    protected async Task<Guid> AddProjectAsync(params (Actor Person, ProjectRole Role)[] members)
    {
        await using var db = await OpenAsync();
        var project = new Project { Name = "Birds", Settings = new(), CreatedAt = Time.GetUtcNow().UtcDateTime };
        db.Add(project);
        foreach (var (person, role) in members) db.Add(new ProjectMember { ProjectId = project.Id, PersonId = person.Id, Role = role, JoinedAt = project.CreatedAt });
        await db.SaveChangesAsync();
        return project.Id;
    }

    protected async Task<Person> ReadAsync(Guid id)
    {
        await using var db = await OpenAsync();
        return await db.Users.AsNoTracking().SingleAsync(person => person.Id == id);
    }
}
