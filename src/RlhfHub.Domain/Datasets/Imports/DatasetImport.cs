using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>A file that somebody sent, and how far its records are in the project.</summary>
public sealed class DatasetImport
{
    /// <summary>The id; the file lies in the uploads under this name.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The file's name as it was sent.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file, in lower-case hex.</summary>
    public required string FileHash { get; init; }

    /// <summary>The file's size.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The format's name in <see cref="DatasetFormats"/>; empty while none is chosen.</summary>
    public string Format { get; set; } = "";

    /// <summary>What the columns of a table hold; null for other formats, or to go by their names.</summary>
    public ColumnMapping? Columns { get; set; }

    /// <summary>What becomes of the file when records in it are bad.</summary>
    public BadRowRule BadRows { get; set; }

    /// <summary>What becomes of prompts that are nearly the same as one that is there.</summary>
    public bool SkipsNearDuplicates { get; set; }

    /// <summary>Where it stands.</summary>
    public ImportState State { get; set; }

    /// <summary>The number of the last record that is in; what was interrupted goes on after it.</summary>
    public long RecordsDone { get; set; }

    /// <summary>What came of the records so far.</summary>
    public required ImportCounts Counts { get; set; }

    /// <summary>The first errors.</summary>
    public IReadOnlyList<ImportError> Errors { get; set; } = [];

    /// <summary>Why it failed.</summary>
    public string? Failure { get; set; }

    /// <summary>Who sent it; null for somebody who has no account here.</summary>
    public Guid? CreatedById { get; init; }

    /// <summary>The name of the one who has no account here, as an archive gave it.</summary>
    public string? ImportedCreator { get; init; }

    /// <summary>When.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<DatasetImport>
    {
        public void Configure(EntityTypeBuilder<DatasetImport> builder)
        {
            builder.ToTable("DatasetImports");
            builder.HasOne<Project>().WithMany().HasForeignKey(import => import.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(import => import.State);   // what waits or was interrupted, at start
            builder.Property(import => import.FileName).HasMaxLength(260);
            builder.Property(import => import.ImportedCreator).HasMaxLength(200);
            builder.Property(import => import.FileHash).HasMaxLength(64);
            builder.Property(import => import.Format).HasMaxLength(60);
            builder.Property(import => import.Columns!).HasJsonText();
            builder.Property(import => import.Counts).HasJsonText();
            builder.Property(import => import.Errors).HasJsonText();
            builder.Property(import => import.Failure).HasMaxLength(2000);
        }
    }
}

/// <summary>A record of a file as the source had it, beside what the platform made of it: so that it can go out again as it came.</summary>
public sealed class ImportedRecord
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The import.</summary>
    public Guid ImportId { get; init; }

    /// <summary>Its number in the file.</summary>
    public long Record { get; init; }

    /// <summary>The prompt.</summary>
    public Guid PromptId { get; init; }

    /// <summary>The task that holds its judgment; null for a prompt alone.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The source's own name for it.</summary>
    public string? SourceId { get; init; }

    /// <summary>Its tags, source, split and unknown fields as JSON.</summary>
    public required SourceFields Fields { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ImportedRecord>
    {
        public void Configure(EntityTypeBuilder<ImportedRecord> builder)
        {
            builder.ToTable("ImportedRecords");
            builder.HasOne<DatasetImport>().WithMany().HasForeignKey(record => record.ImportId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Prompt>().WithMany().HasForeignKey(record => record.PromptId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(record => record.TaskId);   // the source of a task, for exports
            builder.Property(record => record.Fields).HasJsonText();
        }
    }
}

/// <summary>What a source said of a record beside its texts.</summary>
/// <param name="Tags">Its tags.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Split">The source's own split; the platform goes by its own.</param>
/// <param name="Extra">Fields that nobody here knows, as a JSON object.</param>
public sealed record SourceFields(IReadOnlyList<string> Tags, string? Source, string? Split, string? Extra)
{
    /// <summary>The unknown fields.</summary>
    public ExtraFields ExtraFields()
    {
        if (Extra is null) return Datasets.ExtraFields.None;
        using var document = JsonDocument.Parse(Extra);
        return Datasets.ExtraFields.From(document.RootElement);
    }
}

/// <summary>What becomes of a file with bad records.</summary>
public enum BadRowRule
{
    /// <summary>Nothing of it is taken.</summary>
    AllOrNothing,

    /// <summary>The good ones are taken.</summary>
    GoodRows,
}

/// <summary>Where an import stands.</summary>
public enum ImportState
{
    /// <summary>The file is here; an admin looks at it.</summary>
    Uploaded,

    /// <summary>It waits to be read, or was interrupted and will go on.</summary>
    Queued,

    /// <summary>It is in.</summary>
    Completed,

    /// <summary>It could not be taken; the reason says why.</summary>
    Failed,
}

/// <summary>What came of an import's records.</summary>
public sealed record ImportCounts
{
    /// <summary>Records taken.</summary>
    public int Taken { get; init; }

    /// <summary>Prompts that are new.</summary>
    public int NewPrompts { get; init; }

    /// <summary>Records whose prompt was there already; their replies and judgments were added to it.</summary>
    public int KnownPrompts { get; init; }

    /// <summary>Records left out because their prompt is nearly the same as another.</summary>
    public int NearDuplicates { get; init; }

    /// <summary>Judgments that came with them.</summary>
    public int Judgments { get; init; }

    /// <summary>Records that were bad.</summary>
    public int Bad { get; init; }
}

/// <summary>A bad record.</summary>
/// <param name="Line">The line that it begins in.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ImportError(long Line, string Message);
