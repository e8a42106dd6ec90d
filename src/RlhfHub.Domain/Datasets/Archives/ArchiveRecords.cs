using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>A line of an archive. People are named by <see cref="PersonRecord.Name"/>; other records by their ids, and always after they came.</summary>
internal abstract record ArchiveRecord;

/// <summary>The first line.</summary>
internal sealed record HeaderRecord(string Format, int Version) : ArchiveRecord
{
    public const string FormatName = "rlhfhub-archive";
    public const int CurrentVersion = 1;
}

/// <summary>The project itself.</summary>
internal sealed record ProjectRecord(
    Guid Id, string Name, string Description, ProjectSettings Settings, int GuidelinesVersion, bool IsArchived, DateTime CreatedAt, long LastPosition, Guid? ClonedFromId = null) : ArchiveRecord;

/// <summary>Somebody who took part; without an id a name that the project knows from an import.</summary>
internal sealed record PersonRecord(string Name, Guid? Id = null, MemberRecord? Member = null) : ArchiveRecord;

/// <summary>A person's part in the project.</summary>
internal sealed record MemberRecord(ProjectRole Role, IReadOnlyList<TaskKind> Kinds, bool IsPaused, DateTime JoinedAt);

/// <summary>A version of the guidelines.</summary>
internal sealed record GuidelinesRecord(int Number, string Markdown, DateTime CreatedAt, string? Author = null) : ArchiveRecord;

/// <summary>A file that was imported; the file itself is not here.</summary>
internal sealed record ImportRecord(
    Guid Id, string FileName, string FileHash, long SizeBytes, string Format, BadRowRule BadRows, bool SkipsNearDuplicates, ImportState State, long RecordsDone, ImportCounts Counts,
    IReadOnlyList<ImportError> Errors, DateTime CreatedAt, ColumnMapping? Columns = null, string? Failure = null, string? Creator = null) : ArchiveRecord;

/// <summary>A prompt.</summary>
internal sealed record PromptRecord(
    Guid Id, IReadOnlyList<Message> Messages, string Source, Split Split, IReadOnlyList<string> Tags, int Priority, DateTime CreatedAt, bool IsArchived,
    string? SourceId = null, string? Language = null, string? Author = null, Guid? ImportId = null, string? Extra = null) : ArchiveRecord;

/// <summary>A reply.</summary>
internal sealed record ResponseRecord(
    Guid Id, Guid PromptId, string Text, ResponseOrigin Origin, DateTime CreatedAt, bool ImportedIsPerson,
    string? Author = null, Guid? ModelVersionId = null, string? ImportedName = null, SamplingRecord? Sampling = null,
    string? ModelName = null, string? Flag = null) : ArchiveRecord;

/// <summary>A task; its replies in the order of their places.</summary>
internal sealed record TaskRecord(
    Guid Id, Guid PromptId, TaskKind Kind, TaskPurpose Purpose, int RequiredJudgments, int CountedJudgments, int LiveLeases, bool IsWithdrawn, int Priority, long Position, Guid OrderGroup,
    DateTime CreatedAt, IReadOnlyList<Guid> Replies, Answer? ExpectedAnswer = null) : ArchiveRecord;

/// <summary>A task on somebody's desk.</summary>
internal sealed record AssignmentRecord(
    Guid Id, Guid TaskId, AssignmentState State, DateTime HandedOutAt, DateTime LeaseExpiresAt, string DisplayOrder, string? Rater = null, string? Reason = null) : ArchiveRecord;

/// <summary>Where a judgment stands.</summary>
internal sealed record JudgmentRecord(
    Guid Id, Guid TaskId, TaskKind Kind, TaskPurpose Purpose, JudgmentStanding Standing, ReviewState Review, int Revision, string DisplayOrder, DateTime SubmittedAt, DateTime ChangedAt,
    Guid? OriginalId = null, string? Rater = null, string? ReviewReason = null, string? Reviewer = null, bool? MatchesGold = null) : ArchiveRecord;

/// <summary>A version of what a judgment said.</summary>
internal sealed record RevisionRecord(
    Guid JudgmentId, int Number, Answer Answer, int GuidelinesVersion, DateTime StartedAt, DateTime SubmittedAt, int ActiveMilliseconds, string ClientKey, string? Author = null) : ArchiveRecord;

/// <summary>A record of an import as the source had it.</summary>
internal sealed record SourceRecord(Guid Id, Guid ImportId, long Number, Guid PromptId, SourceFields Fields, Guid? TaskId = null, string? SourceId = null) : ArchiveRecord;

/// <summary>A frozen choice of judgments.</summary>
internal sealed record SnapshotRecord(
    Guid Id, string Name, SnapshotRules Rules, ProjectSettings Settings, string ContentHash, SnapshotCounts Counts, DateTime CreatedAt, string? Creator = null) : ArchiveRecord;

/// <summary>A judgment that a snapshot holds.</summary>
internal sealed record ChosenRecord(Guid SnapshotId, Guid JudgmentId, int Revision, double Weight) : ArchiveRecord;

/// <summary>The last line: how many records of each kind came before, and SHA-256 in lower-case hex of all lines before with their ends.</summary>
internal sealed record EndRecord(IReadOnlyDictionary<string, long> Counts, string Sha256) : ArchiveRecord;
