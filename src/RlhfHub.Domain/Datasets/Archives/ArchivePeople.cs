using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>The names by which an archive calls those who took part in a project: each name one person. Never an address: of a user name only what stands before the @.</summary>
internal sealed class ArchivePeople
{
    // Leaves room for a number below the 200 characters that a name has in the database.
    private const int MaxName = 180;

    private readonly Dictionary<Guid, string> names = [];

    private ArchivePeople()
    {
    }

    /// <summary>The people in the order in which the archive names them.</summary>
    public required IReadOnlyList<PersonRecord> Records { get; init; }

    /// <summary>The name of a person with an account, or of one without.</summary>
    public string? Name(Guid? personId, string? importedName) => personId is { } id ? names[id] : importedName;

    /// <summary>Finds everybody who is named anywhere in the project.</summary>
    public static async Task<ArchivePeople> ReadAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken)
    {
        var imported = await ImportedNames(db, projectId).OrderBy(name => name).ToListAsync(cancellationToken);
        var members = await db.ProjectMembers.Where(member => member.ProjectId == projectId).ToDictionaryAsync(member => member.PersonId, cancellationToken);
        var ids = (await PersonIds(db, projectId).ToListAsync(cancellationToken)).Concat(members.Keys).Distinct().Order().ToList();
        // An imported name stands in the data and stays; somebody with an account who is called alike gets a number.
        var taken = imported.ToHashSet(StringComparer.Ordinal);
        List<PersonRecord> records = [.. imported.Order(StringComparer.Ordinal).Select(name => new PersonRecord(name))];
        var people = new ArchivePeople { Records = records };
        foreach (var portion in ids.Chunk(500))
        {
            var accounts = await db.Users.Where(person => portion.Contains(person.Id)).Select(person => new { person.Id, person.UserName }).ToDictionaryAsync(person => person.Id, person => person.UserName, cancellationToken);
            foreach (var id in portion)
            {
                var name = Unique(accounts.GetValueOrDefault(id)?.Split('@')[0], taken);
                people.names[id] = name;
                var member = members.GetValueOrDefault(id);
                records.Add(new PersonRecord(name, id, member is null ? null : new MemberRecord(member.Role, member.Kinds, member.IsPaused, member.JoinedAt)));
            }
        }
        return people;
    }

    private static string Unique(string? name, HashSet<string> taken)
    {
        var wanted = string.IsNullOrWhiteSpace(name) ? "somebody" : name.Length > MaxName ? name[..MaxName] : name;
        var free = wanted;
        for (var number = 2; !taken.Add(free); number++) free = $"{wanted} ({number})";
        return free;
    }

    private static IQueryable<Guid> PersonIds(RlhfHubDbContext db, Guid projectId) =>
        db.Guidelines.Where(row => row.ProjectId == projectId).Select(row => row.AuthorId)
            .Union(db.Prompts.Where(row => row.ProjectId == projectId).Select(row => row.AuthorId))
            .Union(from row in db.Responses join prompt in db.Prompts on row.PromptId equals prompt.Id where prompt.ProjectId == projectId select row.AuthorId)
            .Union(db.Assignments.Where(row => row.ProjectId == projectId).Select(row => row.RaterId))
            .Union(db.Judgments.Where(row => row.ProjectId == projectId).Select(row => row.RaterId))
            .Union(db.Judgments.Where(row => row.ProjectId == projectId).Select(row => row.ReviewerId))
            .Union(from row in db.JudgmentRevisions join judgment in db.Judgments on row.JudgmentId equals judgment.Id where judgment.ProjectId == projectId select row.AuthorId)
            .Union(db.Snapshots.Where(row => row.ProjectId == projectId).Select(row => row.CreatedById))
            .Union(db.DatasetImports.Where(row => row.ProjectId == projectId).Select(row => row.CreatedById))
            .Where(id => id != null).Select(id => id!.Value);

    private static IQueryable<string> ImportedNames(RlhfHubDbContext db, Guid projectId) =>
        db.Guidelines.Where(row => row.ProjectId == projectId && row.AuthorId == null).Select(row => row.ImportedAuthor)
            .Union(db.Prompts.Where(row => row.ProjectId == projectId && row.AuthorId == null).Select(row => row.ImportedAuthor))
            .Union(from row in db.Responses join prompt in db.Prompts on row.PromptId equals prompt.Id where prompt.ProjectId == projectId && row.AuthorId == null select row.ImportedAuthor)
            .Union(db.Assignments.Where(row => row.ProjectId == projectId && row.RaterId == null).Select(row => row.ImportedRater))
            .Union(db.Judgments.Where(row => row.ProjectId == projectId && row.RaterId == null).Select(row => row.ImportedRater))
            .Union(db.Judgments.Where(row => row.ProjectId == projectId && row.ReviewerId == null).Select(row => row.ImportedReviewer))
            .Union(from row in db.JudgmentRevisions join judgment in db.Judgments on row.JudgmentId equals judgment.Id where judgment.ProjectId == projectId && row.AuthorId == null select row.ImportedAuthor)
            .Union(db.Snapshots.Where(row => row.ProjectId == projectId && row.CreatedById == null).Select(row => row.ImportedCreator))
            .Union(db.DatasetImports.Where(row => row.ProjectId == projectId && row.CreatedById == null).Select(row => row.ImportedCreator))
            .Where(name => name != null).Select(name => name!);
}
