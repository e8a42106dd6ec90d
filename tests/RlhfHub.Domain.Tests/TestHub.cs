using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Rounds;
using RlhfHub.Domain.Tests.Models;
using RlhfHub.Domain.Tests.Rounds;

namespace RlhfHub.Domain.Tests;

/// <summary>The platform over a real database file, with a clock that stands still until it is moved.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> Migrated = new(MigrateOnceAsync);

    private readonly TemporaryFolder folder = new();
    private readonly ServiceProvider services;

    private TestHub(int seed, Random? random = null)
    {
        var data = DataFolder.Locate(folder.Path, null, "");
        data.Create();
        services = new ServiceCollection()
            .AddSingleton(data)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(random ?? new Random(seed))
            .AddSingleton(new AccountSettings { OpenRegistration = true })
            .AddSingleton<IModelHost>(Models)
            .AddSingleton<ITrainerCatalogue>(Trainers)
            .AddHub(folder["hub.db"])
            .BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 4, 8, 0, 0, TimeSpan.Zero));

    /// <summary>The models that there are.</summary>
    public FakeModelHost Models { get; } = new();

    /// <summary>What can be trained.</summary>
    public FakeTrainers Trainers { get; } = new();

    public DateTime Now => Time.GetUtcNow().UtcDateTime;

    /// <summary>An admin of the installation.</summary>
    public Actor Admin { get; private set; } = Actor.Anonymous;

    public static async Task<TestHub> CreateAsync(int seed = 1, Random? random = null)
    {
        var hub = new TestHub(seed, random);
        await File.WriteAllBytesAsync(hub.folder["hub.db"], await Migrated.Value);
        hub.Admin = await hub.AddPersonAsync("admin") with { IsSiteAdmin = true };
        return hub;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public object GetService(Type type) => services.GetRequiredService(type);

    public Task<RlhfHubDbContext> OpenAsync() => Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();

    public async Task<Actor> AddPersonAsync(string name)
    {
        await using var db = await OpenAsync();
        var person = new Person { UserName = $"{name}-{Guid.NewGuid():N}@example.org" };
        db.Add(person);
        await db.SaveChangesAsync();
        return new Actor(person.Id);
    }

    public async Task<Actor> AddMemberAsync(Guid projectId, ProjectRole role = ProjectRole.Rater, params TaskKind[] kinds)
    {
        var actor = await AddPersonAsync(role.ToString());
        await using var db = await OpenAsync();
        db.Add(new ProjectMember { ProjectId = projectId, PersonId = actor.Id, Role = role, Kinds = kinds, JoinedAt = Now });
        await db.SaveChangesAsync();
        return actor;
    }

    public async Task<Guid> AddProjectAsync(ProjectSettings? settings = null)
    {
        await using var db = await OpenAsync();
        var project = new Project { Name = "Pets", Settings = settings ?? new ProjectSettings(), CreatedAt = Now };
        db.Add(project);
        await db.SaveChangesAsync();
        return project.Id;
    }

    /// <summary>Puts a task with so many replies at the end of its line.</summary>
    public async Task<LabelingTask> AddTaskAsync(
        Guid projectId, TaskKind kind = TaskKind.Comparison, int required = 1, int responses = 2, TaskPurpose purpose = TaskPurpose.Training, int priority = 0, Answer? expected = null, Guid? author = null)
    {
        await using var db = await OpenAsync();
        var last = await db.QueuePositions.SingleOrDefaultAsync(position => position.ProjectId == projectId) ?? db.Add(new Domain.Queue.QueuePosition { ProjectId = projectId }).Entity;
        last.Last++;
        var text = $"Question {last.Last} of {projectId}";
        Message[] messages = [new(Message.User, text)];
        var prompt = new Prompt { ProjectId = projectId, Messages = messages, ContentHash = PromptText.Hash(messages), Split = PromptText.SplitOf(messages), CreatedAt = Now };
        var task = new LabelingTask
        {
            ProjectId = projectId,
            PromptId = prompt.Id,
            Kind = kind,
            Purpose = purpose,
            Priority = priority,
            Position = last.Last,
            ExpectedAnswer = expected,
            CreatedAt = Now,
            RequiredJudgments = purpose == TaskPurpose.Gold ? 0 : required,
        };
        db.AddRange(prompt, task);
        for (var place = 0; place < responses; place++)
        {
            var response = new Response { PromptId = prompt.Id, Text = $"Reply {place} to {text}", AuthorId = author, Origin = author is null ? ResponseOrigin.Import : ResponseOrigin.Person, CreatedAt = Now };
            db.AddRange(response, new TaskResponse { TaskId = task.Id, Place = place, ResponseId = response.Id, AuthorId = author });
        }
        await db.SaveChangesAsync();
        return task;
    }

    public async Task<LabelingTask> TaskAsync(Guid id)
    {
        await using var db = await OpenAsync();
        return await db.Tasks.AsNoTracking().SingleAsync(task => task.Id == id);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    private static async Task<byte[]> MigrateOnceAsync()
    {
        using var folder = new TemporaryFolder();
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, folder["hub.db"]);
        await using (var db = new RlhfHubDbContext(options.Options)) await HubDatabase.MigrateAsync(db);
        SqliteConnection.ClearAllPools();
        return await File.ReadAllBytesAsync(folder["hub.db"]);
    }
}
