using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Audit;

/// <summary>The chained log. Judgments are not in it: their revisions are a log of their own.</summary>
public static class AuditLog
{
    private const string Beginning = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Adds an entry. Must be called inside <see cref="WriteTransactions"/>, because it goes on from the last one, and is written with the rest of the transaction or not at all.</summary>
    /// <param name="db">The transaction's context; its changes are saved.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="action">What, as in "project.create".</param>
    /// <param name="projectId">In which project; null outside.</param>
    /// <param name="subject">To what, as an id or name.</param>
    /// <param name="details">What else matters, written as JSON; nothing secret.</param>
    /// <param name="now">When, in UTC.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RecordAsync(RlhfHubDbContext db, Actor actor, string action, Guid? projectId, string subject, object? details, DateTime now, CancellationToken cancellationToken)
    {
        var last = await db.AuditEntries.AsNoTracking().OrderByDescending(entry => entry.Number).Select(entry => new { entry.Number, entry.Hash }).FirstOrDefaultAsync(cancellationToken);
        var number = (last?.Number ?? 0) + 1;
        var text = details is null ? "{}" : JsonText.Write(details);
        subject = subject.Length > 200 ? subject[..200] : subject;
        now = new DateTime(now.Ticks - now.Ticks % TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);   // as exact as every database keeps it, or the hash would not be found again
        var hash = HashOf(last?.Hash ?? Beginning, number, now, actor.PersonId, action, projectId, subject, text);
        db.AuditEntries.Add(new AuditEntry { Number = number, At = now, PersonId = actor.PersonId, Action = action, ProjectId = projectId, Subject = subject, Details = text, Hash = hash });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Reads the whole log and checks every link.</summary>
    /// <returns>How many entries there are, and what is wrong with the first bad one; null when all are whole.</returns>
    public static async Task<AuditVerdict> VerifyAsync(RlhfHubDbContext db, CancellationToken cancellationToken)
    {
        var before = Beginning;
        long count = 0;
        await foreach (var entry in db.AuditEntries.AsNoTracking().OrderBy(entry => entry.Number).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            count++;
            if (entry.Number != count) return new(count - 1, $"Entry {count} is missing: the log goes on with number {entry.Number}.");
            var hash = HashOf(before, entry.Number, entry.At, entry.PersonId, entry.Action, entry.ProjectId, entry.Subject, entry.Details);
            if (hash != entry.Hash) return new(count - 1, $"Entry {entry.Number} ({entry.Action}, {entry.At:u}) was changed: its hash is not that of its content and the entry before.");
            before = hash;
        }
        return new(count, null);
    }

    private static string HashOf(string before, long number, DateTime at, Guid? personId, string action, Guid? projectId, string subject, string details)
    {
        // JSON keeps the parts apart whatever they contain.
        var content = JsonText.Write(new[] { before, number.ToString(CultureInfo.InvariantCulture), at.ToString("O", CultureInfo.InvariantCulture), personId?.ToString(), action, projectId?.ToString(), subject, details });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
    }
}

/// <summary>What checking the log found.</summary>
/// <param name="WholeEntries">How many entries from the beginning are whole.</param>
/// <param name="Problem">What is wrong with the next one; null when there is none.</param>
public sealed record AuditVerdict(long WholeEntries, string? Problem);
