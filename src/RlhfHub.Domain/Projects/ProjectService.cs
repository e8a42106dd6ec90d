using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Projects;

/// <summary>Makes projects and keeps their settings and guidelines.</summary>
public sealed class ProjectService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    /// <summary>The longest guidelines, in characters.</summary>
    public const int MaxGuidelines = 200_000;

    /// <summary>The projects that the person belongs to; for a site admin all.</summary>
    [Requires(Policy.SignedIn, ReadsOnly = true)]
    public async Task<Page<ProjectSummary>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (personId, isSiteAdmin) = (actor.Id, actor.IsSiteAdmin);
        var rows = await db.Projects.AsNoTracking()
            .Where(project => page.After == null || project.Id.CompareTo(page.After.Value) < 0)
            .Select(project => new
            {
                project.Id,
                project.Name,
                project.Description,
                project.IsArchived,
                project.CreatedAt,
                Role = db.ProjectMembers.Where(member => member.ProjectId == project.Id && member.PersonId == personId && !member.IsPaused).Select(member => (ProjectRole?)member.Role).FirstOrDefault(),
            })
            .Where(project => isSiteAdmin || project.Role != null)
            .OrderByDescending(project => project.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        var summaries = rows.Select(row => new ProjectSummary(row.Id, row.Name, row.Description, isSiteAdmin ? ProjectRole.Admin : row.Role!.Value, row.IsArchived, row.CreatedAt)).ToList();
        return page.Cut(summaries, project => project.Id);
    }

    /// <summary>Makes a project; whoever makes it is its admin.</summary>
    /// <exception cref="InvalidRequestException">The name or a setting is not valid.</exception>
    [Requires(Policy.ManageSite)]
    public async Task<Guid> CreateAsync(Actor actor, ProjectDraft draft, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        Check(draft);
        return await AddAsync(actor, draft, null, null, cancellationToken);
    }

    /// <summary>A project.</summary>
    [Requires(Policy.See, ReadsOnly = true)]
    public async Task<ProjectDetails> GetAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        var role = await access.RequireAsync(actor, projectId, Policy.See, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var details = await db.Projects.AsNoTracking().Where(project => project.Id == projectId).Select(project => new ProjectDetails(
            project.Id, project.Name, project.Description, role, project.Settings, project.GuidelinesVersion, project.IsArchived, project.CreatedAt, project.Version)).SingleAsync(cancellationToken);
        // How often they are tested is not for those who are.
        return role == ProjectRole.Rater ? details with { Settings = details.Settings with { GoldShare = 0, AuditShare = 0, SelectsActively = false } } : details;
    }

    /// <summary>Changes name, description and settings.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="InvalidRequestException">The name or a setting is not valid.</exception>
    /// <exception cref="StaleVersionException">Somebody else has changed it since.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> UpdateAsync(Actor actor, Guid projectId, Guid version, ProjectDraft draft, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        Check(draft);
        return await ChangeAsync(actor, projectId, version, "project.update", project =>
        {
            var before = new { project.Name, project.Description, project.Settings };
            (project.Name, project.Description, project.Settings) = (draft.Name.Trim(), draft.Description.Trim(), draft.Settings);
            return new { Before = before, After = new { project.Name, project.Description, project.Settings } };
        }, cancellationToken);
    }

    /// <summary>Closes a project, or opens it again.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="StaleVersionException">Somebody else has changed it since.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> ArchiveAsync(Actor actor, Guid projectId, Guid version, bool isArchived, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        return await ChangeAsync(actor, projectId, version, isArchived ? "project.archive" : "project.reopen", project =>
        {
            project.IsArchived = isArchived;
            return null;
        }, cancellationToken);
    }

    /// <summary>Makes a new project with the settings and guidelines of this one, and nothing of its data or people.</summary>
    [Requires(Policy.ManageSite)]
    public async Task<Guid> CloneAsync(Actor actor, Guid projectId, string name, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var source = await db.Projects.AsNoTracking().SingleAsync(project => project.Id == projectId, cancellationToken);
        var draft = new ProjectDraft { Name = name, Description = source.Description, Settings = source.Settings };
        Check(draft);
        var markdown = await db.Guidelines.Where(guidelines => guidelines.ProjectId == projectId && guidelines.Number == source.GuidelinesVersion).Select(guidelines => guidelines.Markdown).SingleOrDefaultAsync(cancellationToken);
        return await AddAsync(actor, draft, projectId, markdown, cancellationToken);
    }

    /// <summary>Guidelines: the version in force, or an earlier one.</summary>
    /// <returns>Null when none were written.</returns>
    [Requires(Policy.See, ReadsOnly = true)]
    public async Task<GuidelinesText?> GuidelinesAsync(Actor actor, Guid projectId, int? number, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.See, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var wanted = number ?? await db.Projects.Where(project => project.Id == projectId).Select(project => project.GuidelinesVersion).SingleAsync(cancellationToken);
        var found = await db.Guidelines.AsNoTracking().Where(guidelines => guidelines.ProjectId == projectId && guidelines.Number == wanted)
            .Select(guidelines => new GuidelinesText(guidelines.Number, guidelines.Markdown, guidelines.CreatedAt)).SingleOrDefaultAsync(cancellationToken);
        return found is null && number is not null ? throw AccessException.NotFound("version of the guidelines", number) : found;
    }

    /// <summary>Writes a new version of the guidelines.</summary>
    /// <param name="actor">Who writes.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="seen">The version that the writer had before them; 0 for none.</param>
    /// <param name="markdown">The text.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The new version's number.</returns>
    /// <exception cref="InvalidRequestException">The text is too long.</exception>
    /// <exception cref="StaleVersionException">Somebody else has written a version since.</exception>
    [Requires(Policy.Manage)]
    public async Task<int> WriteGuidelinesAsync(Actor actor, Guid projectId, int seen, string markdown, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        if (markdown.Length > MaxGuidelines) throw new InvalidRequestException("markdown", $"The guidelines have {markdown.Length:N0} characters; at most {MaxGuidelines:N0} are kept.");
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var project = await db.Projects.SingleAsync(project => project.Id == projectId, cancellationToken);
                if (project.GuidelinesVersion != seen) throw new StaleVersionException("project's guidelines");
                project.GuidelinesVersion++;
                db.Add(new Guidelines { ProjectId = projectId, Number = project.GuidelinesVersion, Markdown = markdown, AuthorId = actor.Id, CreatedAt = now });
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "project.guidelines", projectId, project.Name, new { Number = project.GuidelinesVersion }, now, cancellationToken);
                return project.GuidelinesVersion;
            },
            cancellationToken);
    }

    private static void Check(ProjectDraft draft)
    {
        RequestValidation.Validate(draft);
        if (draft.Name.Trim().Length == 0) throw new InvalidRequestException("name", "The name is empty; give the project one.");
        SettingsRules.Check(draft.Settings);
    }

    private Task<Guid> AddAsync(Actor actor, ProjectDraft draft, Guid? source, string? guidelines, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return writes.RunAsync(
            async db =>
            {
                var project = new Project { Name = draft.Name.Trim(), Description = draft.Description.Trim(), Settings = draft.Settings, CreatedAt = now, ClonedFromId = source, GuidelinesVersion = guidelines is null ? 0 : 1 };
                db.AddRange(project, new ProjectMember { ProjectId = project.Id, PersonId = actor.Id, Role = ProjectRole.Admin, JoinedAt = now });
                if (guidelines is not null) db.Add(new Guidelines { ProjectId = project.Id, Number = 1, Markdown = guidelines, AuthorId = actor.Id, CreatedAt = now });
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, source is null ? "project.create" : "project.clone", project.Id, project.Name, new { Source = source }, now, cancellationToken);
                return project.Id;
            },
            cancellationToken);
    }

    private Task<Guid> ChangeAsync(Actor actor, Guid projectId, Guid version, string action, Func<Project, object?> change, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return writes.RunAsync(
            async db =>
            {
                var project = await db.Projects.SingleAsync(project => project.Id == projectId, cancellationToken);
                if (project.Version != version) throw new StaleVersionException("project");
                var details = change(project);
                project.Version = Guid.CreateVersion7(now);
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, action, projectId, project.Name, details, now, cancellationToken);
                return project.Version;
            },
            cancellationToken);
    }
}
