using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace RlhfHub.Domain.Data;

/// <summary>Stores only UTC times and reads them back as UTC: SQLite keeps no kind, and a local time stored once is wrong for good.</summary>
public sealed class UtcDateTimeConverter() : ValueConverter<DateTime, DateTime>(time => RequireUtc(time), time => DateTime.SpecifyKind(time, DateTimeKind.Utc))
{
    private static DateTime RequireUtc(DateTime time) => time.Kind == DateTimeKind.Utc
        ? time
        : throw new InvalidOperationException($"The time {time:O} is {time.Kind}; the database takes UTC only, as TimeProvider.GetUtcNow().UtcDateTime gives it.");
}
