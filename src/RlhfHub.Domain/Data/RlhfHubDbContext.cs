using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain.Data;

/// <summary>Everything that the platform stores. Made by a factory, one context an operation; <see cref="HubDatabase"/> says how.</summary>
public sealed class RlhfHubDbContext(DbContextOptions<RlhfHubDbContext> options) : IdentityUserContext<Person, Guid>(options)
{
    /// <summary>Projects.</summary>
    public DbSet<Project> Projects => Set<Project>();

    /// <summary>Versions of guidelines.</summary>
    public DbSet<Guidelines> Guidelines => Set<Guidelines>();

    /// <summary>Who belongs to which project.</summary>
    public DbSet<ProjectMember> ProjectMembers => Set<ProjectMember>();

    /// <summary>Prompts.</summary>
    public DbSet<Prompt> Prompts => Set<Prompt>();

    /// <summary>Replies to prompts.</summary>
    public DbSet<Response> Responses => Set<Response>();

    /// <summary>Labeling tasks.</summary>
    public DbSet<LabelingTask> Tasks => Set<LabelingTask>();

    /// <summary>Which replies a task shows.</summary>
    public DbSet<TaskResponse> TaskResponses => Set<TaskResponse>();

    /// <summary>Which rater has or had which task.</summary>
    public DbSet<Assignment> Assignments => Set<Assignment>();

    /// <summary>Judgments.</summary>
    public DbSet<Judgment> Judgments => Set<Judgment>();

    /// <summary>What judgments said, version by version.</summary>
    public DbSet<JudgmentRevision> JudgmentRevisions => Set<JudgmentRevision>();

    /// <summary>Unfinished answers.</summary>
    public DbSet<Draft> Drafts => Set<Draft>();

    /// <summary>Chats that go on.</summary>
    public DbSet<Chat> Chats => Set<Chat>();

    /// <summary>Which model a project uses.</summary>
    public DbSet<ChosenModel> ChosenModels => Set<ChosenModel>();

    /// <summary>Orders for replies by models.</summary>
    public DbSet<CandidateJob> CandidateJobs => Set<CandidateJob>();

    /// <summary>Training rounds.</summary>
    public DbSet<Round> Rounds => Set<Round>();

    /// <summary>The runs of rounds.</summary>
    public DbSet<Run> Runs => Set<Run>();

    /// <summary>What the workers of runs said.</summary>
    public DbSet<RunEvent> RunEvents => Set<RunEvent>();

    /// <summary>Models that runs left.</summary>
    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();

    /// <summary>Models against each other.</summary>
    public DbSet<HeadToHead> HeadToHeads => Set<HeadToHead>();

    /// <summary>Frozen sets of judgments.</summary>
    public DbSet<Snapshot> Snapshots => Set<Snapshot>();

    /// <summary>Which judgments a snapshot holds.</summary>
    public DbSet<SnapshotJudgment> SnapshotJudgments => Set<SnapshotJudgment>();

    /// <summary>Files that were sent to be imported.</summary>
    public DbSet<DatasetImport> DatasetImports => Set<DatasetImport>();

    /// <summary>What imports said of the records they brought.</summary>
    public DbSet<ImportedRecord> ImportedRecords => Set<ImportedRecord>();

    /// <summary>The queue's line numbers.</summary>
    public DbSet<QueuePosition> QueuePositions => Set<QueuePosition>();

    /// <summary>The queue's memory of left and right.</summary>
    public DbSet<OrderBalance> OrderBalances => Set<OrderBalance>();

    /// <summary>Links that let people in.</summary>
    public DbSet<Invitation> Invitations => Set<Invitation>();

    /// <summary>Tokens with which programs act for people.</summary>
    public DbSet<PersonalToken> PersonalTokens => Set<PersonalToken>();

    /// <summary>Links with which people choose a new password.</summary>
    public DbSet<PasswordReset> PasswordResets => Set<PasswordReset>();

    /// <summary>Who did what when.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

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

        builder.Entity<IdentityUserClaim<Guid>>().ToTable("PersonClaims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("PersonLogins");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("PersonPasskeys");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("PersonTokens");
        builder.ApplyConfigurationsFromAssembly(typeof(RlhfHubDbContext).Assembly);
    }
}
