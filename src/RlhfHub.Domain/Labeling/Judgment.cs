using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Labeling;

/// <summary>What one rater said about one task. What was said stands in its revisions, which are never overwritten; this is where it stands now.</summary>
public sealed class Judgment
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The id that data sets name it by where that is not <see cref="Id"/>: the one it had when it was archived, when that was taken here already.</summary>
    public Guid? OriginalId { get; init; }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The task.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The rater; null for an imported judgment.</summary>
    public Guid? RaterId { get; init; }

    /// <summary>The rater's name as an import gave it.</summary>
    public string? ImportedRater { get; init; }

    /// <summary>The task's kind.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>What the task was for.</summary>
    public TaskPurpose Purpose { get; init; }

    /// <summary>Whether it counts towards the task's k.</summary>
    public JudgmentStanding Standing { get; set; }

    /// <summary>What reviewers have said of it.</summary>
    public ReviewState Review { get; set; }

    /// <summary>The reviewer's reason.</summary>
    public string? ReviewReason { get; set; }

    /// <summary>Who reviewed it last.</summary>
    public Guid? ReviewerId { get; set; }

    /// <summary>The name of the reviewer who has no account here, as an archive gave it.</summary>
    public string? ImportedReviewer { get; set; }

    /// <summary>The number of the revision in force.</summary>
    public int Revision { get; set; }

    /// <summary>The order in which the replies were shown, as in <see cref="Assignment.DisplayOrder"/>.</summary>
    public string DisplayOrder { get; init; } = "";

    /// <summary>Whether the first answer to a gold task was the known one, whatever was said later: second thoughts are no measure. Null for other tasks.</summary>
    public bool? MatchesGold { get; set; }

    /// <summary>When it was submitted first.</summary>
    public DateTime SubmittedAt { get; init; }

    /// <summary>When anything about it changed last.</summary>
    public DateTime ChangedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Judgment>
    {
        public void Configure(EntityTypeBuilder<Judgment> builder)
        {
            builder.ToTable("Judgments");
            builder.HasOne<Project>().WithMany().HasForeignKey(judgment => judgment.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<LabelingTask>().WithMany().HasForeignKey(judgment => judgment.TaskId).OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<Person>().WithMany().HasForeignKey(judgment => judgment.RaterId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(judgment => new { judgment.TaskId, judgment.RaterId }).IsUnique();                               // one a rater and task
            builder.HasIndex(judgment => new { judgment.RaterId, judgment.ProjectId, judgment.SubmittedAt });                 // the rater's last 50
            builder.HasIndex(judgment => new { judgment.ProjectId, judgment.Review, judgment.SubmittedAt });                  // the reviewers' queue
            builder.Property(judgment => judgment.ImportedRater).HasMaxLength(200);
            builder.Property(judgment => judgment.ImportedReviewer).HasMaxLength(200);
            builder.Property(judgment => judgment.ReviewReason).HasMaxLength(2000);
            builder.Property(judgment => judgment.DisplayOrder).HasMaxLength(LabelingTask.MaxResponses);
        }
    }
}

/// <summary>Whether a judgment counts.</summary>
public enum JudgmentStanding
{
    /// <summary>It takes one of the task's k places, or belongs to a gold task.</summary>
    Counted,

    /// <summary>It came when all places were taken; it is kept, and takes a place that becomes free.</summary>
    Extra,

    /// <summary>The rater took it back.</summary>
    Withdrawn,

    /// <summary>A reviewer sent it back to the rater.</summary>
    Returned,

    /// <summary>A reviewer's own word that settles the task; it takes no place.</summary>
    Settling,
}

/// <summary>What reviewers have said of a judgment.</summary>
public enum ReviewState
{
    /// <summary>Nothing yet.</summary>
    Submitted,

    /// <summary>It stands.</summary>
    Approved,

    /// <summary>A reviewer put it right in a revision of their own.</summary>
    Fixed,

    /// <summary>It does not stand; the rater got it back.</summary>
    Rejected,

    /// <summary>A reviewer settled a disagreement by it.</summary>
    Adjudicated,
}

/// <summary>One version of what was said.</summary>
public sealed class JudgmentRevision
{
    /// <summary>The judgment.</summary>
    public Guid JudgmentId { get; init; }

    /// <summary>1, 2, 3, ...</summary>
    public int Number { get; init; }

    /// <summary>Who said it: the rater, or the reviewer who fixed it; null for imports.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The name of the author who has no account here, as an archive gave it.</summary>
    public string? ImportedAuthor { get; init; }

    /// <summary>What was said.</summary>
    public required Answer Answer { get; init; }

    /// <summary>The guidelines that the author had before them; 0 for none.</summary>
    public int GuidelinesVersion { get; init; }

    /// <summary>When the task was on the screen.</summary>
    public DateTime StartedAt { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTime SubmittedAt { get; init; }

    /// <summary>How long the author was at it, without pauses.</summary>
    public int ActiveMilliseconds { get; init; }

    /// <summary>The key that the author's client made up for this submission: the same key again is the same submission.</summary>
    public required string ClientKey { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<JudgmentRevision>
    {
        public void Configure(EntityTypeBuilder<JudgmentRevision> builder)
        {
            builder.ToTable("JudgmentRevisions").HasKey(revision => new { revision.JudgmentId, revision.Number });
            builder.HasOne<Judgment>().WithMany().HasForeignKey(revision => revision.JudgmentId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(revision => revision.AuthorId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(revision => new { revision.AuthorId, revision.ClientKey }).IsUnique();   // a submission sent twice is found
            builder.Property(revision => revision.Answer).HasJsonText();
            builder.Property(revision => revision.ImportedAuthor).HasMaxLength(200);
            builder.Property(revision => revision.ClientKey).HasMaxLength(64);
        }
    }
}
