using System.Security.Claims;
using System.Text;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Tests.States;

/// <summary>The site whose pages are tested: one for all, because each test makes its own project.</summary>
[CollectionDefinition(Name)]
public sealed class SitePages : ICollectionFixture<TestSite>
{
    public const string Name = "Pages of the site";
}

/// <summary>Base of tests of pages: the real use cases over the real database, seen by whoever the test signs in.</summary>
[Collection(SitePages.Name)]
public abstract class PageTest : ComponentTest
{
    private static int keys;

    private readonly TestSite site;
    private readonly AsyncServiceScope scope;

    protected PageTest(TestSite site)
    {
        this.site = site;
        scope = site.Services.CreateAsyncScope();
        Services.AddScoped(provider => new CurrentActor(provider.GetRequiredService<AuthenticationStateProvider>(), Get<ActorFactory>()));
        Services.AddFallbackServiceProvider(scope.ServiceProvider);
    }

    protected T Get<T>()
        where T : notnull => site.Services.GetRequiredService<T>();

    protected async Task<Actor> AddPersonAsync(string name = "Ben", bool isSiteAdmin = false)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        var email = $"{Guid.NewGuid():N}@example.org";
        var person = new Person { UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(), DisplayName = name, IsSiteAdmin = isSiteAdmin, SecurityStamp = email };
        db.Add(person);
        await db.SaveChangesAsync();
        return new Actor(person.Id, isSiteAdmin);
    }

    protected async Task<Actor> AddMemberAsync(Guid projectId, ProjectRole role = ProjectRole.Rater, string name = "Ben")
    {
        var person = await AddPersonAsync(name);
        await Get<MemberService>().AddAsync(await AddPersonAsync("Root", isSiteAdmin: true), projectId, person.Id, role, default);
        return person;
    }

    /// <summary>Makes a project and signs its admin in.</summary>
    protected async Task<(Guid ProjectId, Actor Admin)> AddProjectAsync(string name = "Plants", ProjectSettings? settings = null, string description = "")
    {
        var admin = await AddPersonAsync("Ada", isSiteAdmin: true);
        var project = await Get<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = name, Description = description, Settings = settings ?? new ProjectSettings() }, default);
        await SignInAsync(admin);
        return (project, admin);
    }

    /// <summary>Makes prompts with two replies each.</summary>
    protected async Task AddPromptsAsync(Actor admin, Guid projectId, int count, string text = "Why", string source = "")
    {
        for (var index = 0; index < count; index++)
            await Get<PromptService>().AddAsync(admin, projectId, new PromptDraft { Messages = [new(Message.User, $"{index} {text}")], Responses = [text, $"Because {index}"], Source = source, Tags = source.Length == 0 ? [] : [source[..Math.Min(50, source.Length)]] }, default);
    }

    /// <summary>Makes prompts and a task of each.</summary>
    protected async Task AddTasksAsync(Actor admin, Guid projectId, int count, TaskKind kind = TaskKind.Comparison)
    {
        await AddPromptsAsync(admin, projectId, count);
        await Get<TaskService>().CreateAsync(admin, projectId, new TaskBatch { Kind = kind, RankedReplies = 2 }, default);
    }

    /// <summary>Lets somebody answer what waits, at most so many tasks; the first of the two replies is always the better one.</summary>
    protected async Task AnswerAsync(Actor rater, Guid projectId, int count, Func<TaskView, Answer>? answer = null)
    {
        for (var index = 0; index < count; index++)
        {
            if ((await Get<QueueService>().NextAsync(rater, projectId, new NextTaskOptions(), default)).Task is not { } task) return;
            var given = answer?.Invoke(task) ?? new ComparisonAnswer { Better = 0, Strength = 1 };
            await Get<LabelingService>().SubmitAsync(rater, projectId, task.AssignmentId, new Submission { Answer = given, ClientKey = $"page-test-{Interlocked.Increment(ref keys):D6}", ActiveMilliseconds = 2000 }, default);
        }
    }

    protected async Task<Guid> UploadAsync(Actor admin, Guid projectId, string lines, string name = "prompts.jsonl")
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        return await Get<ImportService>().UploadAsync(admin, projectId, name, file, default);
    }

    protected async Task ArchiveAsync(Actor admin, Guid projectId) =>
        await Get<ProjectService>().ArchiveAsync(admin, projectId, (await Get<ProjectService>().GetAsync(admin, projectId, default)).Version, isArchived: true, default);

    protected async Task SignInAsync(Actor actor)
    {
        await using var db = await Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        var person = await db.Users.AsNoTracking().SingleAsync(person => person.Id == actor.Id);
        Session.SetAuthorized(person.DisplayName);
        Session.SetClaims(new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(ActorFactory.StampClaim, person.SecurityStamp!));
        if (person.IsSiteAdmin) Session.SetPolicies(Policies.SiteAdmin);
    }

    protected IRenderedComponent<TPage> Open<TPage>(Guid projectId = default)
        where TPage : IComponent => Open(typeof(TPage), projectId).FindComponent<TPage>();

    protected IRenderedComponent<DynamicComponent> Open(Type page, Guid projectId) => Render<DynamicComponent>(parameters => parameters
        .Add(dynamic => dynamic.Type, page).Add(dynamic => dynamic.Parameters, page.GetProperty("ProjectId") is null ? null : new Dictionary<string, object> { ["ProjectId"] = projectId }));

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await scope.DisposeAsync();
    }
}
