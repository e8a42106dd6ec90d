using System.Globalization;
using Microsoft.Data.Sqlite;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Bench;

/// <summary>A project after months of work: each task has one of its two judgments, from raters who are gone, and 64 raters are at it now.</summary>
internal sealed record FullDatabase(Guid ProjectId, IReadOnlyList<Actor> Raters)
{
    /// <summary>Fills a migrated, empty database by statements of its own: the platform would take hours.</summary>
    public static FullDatabase Fill(string path, int prompts)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using (var pragma = connection.CreateCommand())
        {
            pragma.CommandText = "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000";
            pragma.ExecuteNonQuery();
        }
        using var transaction = connection.BeginTransaction();
        var now = new DateTime(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);
        var projectId = Guid.CreateVersion7(now);
        var (gone, raters) = (People(connection, transaction, 16), People(connection, transaction, 64));
        var project = new Inserter(connection, transaction, "Projects", "Id", "Name", "Description", "Settings", "GuidelinesVersion", "IsArchived", "IsIncomplete", "CreatedAt", "Version");
        project.Insert(projectId, "Full", "", JsonText.Write(new ProjectSettings { Overlap = 2 }), 0, 0, 0, now, Guid.NewGuid());
        var member = new Inserter(connection, transaction, "ProjectMembers", "ProjectId", "PersonId", "Role", "Kinds", "IsPaused", "JoinedAt");
        foreach (var rater in raters) member.Insert(projectId, rater, (int)ProjectRole.Rater, "[]", 0, now);
        new Inserter(connection, transaction, "QueuePositions", "ProjectId", "Last").Insert(projectId, (long)prompts);

        var prompt = new Inserter(connection, transaction, "Prompts", "Id", "ProjectId", "Messages", "Source", "Split", "Tags", "Priority", "ContentHash", "Fingerprint", "CreatedAt", "IsArchived", "Version");
        var response = new Inserter(connection, transaction, "Responses", "Id", "PromptId", "Text", "Origin", "ImportedIsPerson", "CreatedAt");
        var task = new Inserter(
            connection, transaction, "Tasks", "Id", "ProjectId", "PromptId", "Kind", "Purpose", "RequiredJudgments", "CountedJudgments", "LiveLeases", "IsOpen", "IsWithdrawn", "Priority", "Position", "OrderGroup", "CreatedAt");
        var shown = new Inserter(connection, transaction, "TaskResponses", "TaskId", "Place", "ResponseId");
        var assignment = new Inserter(connection, transaction, "Assignments", "Id", "ProjectId", "TaskId", "RaterId", "State", "HandedOutAt", "LeaseExpiresAt", "DisplayOrder");
        var judgment = new Inserter(
            connection, transaction, "Judgments", "Id", "ProjectId", "TaskId", "RaterId", "Kind", "Purpose", "Standing", "Review", "Revision", "DisplayOrder", "SubmittedAt", "ChangedAt");
        var revision = new Inserter(connection, transaction, "JudgmentRevisions", "JudgmentId", "Number", "AuthorId", "Answer", "GuidelinesVersion", "StartedAt", "SubmittedAt", "ActiveMilliseconds", "ClientKey");
        var answer = JsonText.Write<Answer>(new ComparisonAnswer { Better = 1, Strength = 2 });
        for (var index = 0; index < prompts; index++)
        {
            var at = now.AddSeconds(index);
            Guid Id() => Guid.CreateVersion7(at);
            var text = $"Question {index.ToString(CultureInfo.InvariantCulture)}: how would you explain to a friend what happens to the water in a kettle before it begins to boil?";
            Message[] messages = [new(Message.User, text)];
            var (promptId, taskId, judgmentId) = (Id(), Id(), Id());
            prompt.Insert(promptId, projectId, JsonText.Write(messages), "bench", (int)PromptText.SplitOf(messages), "[]", 0, PromptText.Hash(messages), (long)index, at, 0, Id());
            task.Insert(taskId, projectId, promptId, (int)TaskKind.Comparison, (int)TaskPurpose.Training, 2, 1, 0, 1, 0, 0, index + 1L, Guid.Empty, at);
            for (var place = 0; place < 2; place++)
            {
                var responseId = Id();
                response.Insert(responseId, promptId, $"Reply {place} to question {index}: first small bubbles of air rise, then larger ones of steam, until the whole of it rolls.", (int)ResponseOrigin.Import, 0, at);
                shown.Insert(taskId, place, responseId);
            }
            var rater = gone[index % gone.Count];
            assignment.Insert(Id(), projectId, taskId, rater, (int)AssignmentState.Submitted, at, at, "01");
            judgment.Insert(judgmentId, projectId, taskId, rater, (int)TaskKind.Comparison, (int)TaskPurpose.Training, (int)JudgmentStanding.Counted, (int)ReviewState.Submitted, 1, "01", at, at);
            revision.Insert(judgmentId, 1, rater, answer, 0, at, at, 9000, judgmentId.ToString("N"));
        }
        transaction.Commit();
        using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
        }
        // What was written without waiting must not fall to the first commit that waits.
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) file.Flush(flushToDisk: true);
        using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
        }
        return new(projectId, [.. raters.Select(rater => new Actor(rater))]);
    }

    private static List<Guid> People(SqliteConnection connection, SqliteTransaction transaction, int count)
    {
        using var columns = connection.CreateCommand();
        columns.CommandText = "SELECT name, type FROM pragma_table_info('People') WHERE \"notnull\" = 1 AND name NOT IN ('Id')";
        List<(string Name, string Type)> required = [];
        using (var reader = columns.ExecuteReader())
            while (reader.Read()) required.Add((reader.GetString(0), reader.GetString(1)));
        var insert = new Inserter(connection, transaction, "People", ["Id", .. required.Select(column => column.Name)]);
        List<Guid> people = [];
        for (var index = 0; index < count; index++)
        {
            people.Add(Guid.CreateVersion7());
            insert.Insert([people[^1], .. required.Select(column => column.Type == "INTEGER" ? (object)0 : "")]);
        }
        return people;
    }

    /// <summary>One prepared statement that inserts a row.</summary>
    private sealed class Inserter
    {
        private readonly SqliteCommand command;

        public Inserter(SqliteConnection connection, SqliteTransaction transaction, string table, params string[] columns)
        {
            command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column}\""))}) VALUES ({string.Join(", ", columns.Select((_, index) => $"@p{index}"))})";
            foreach (var (_, index) in columns.Select((column, index) => (column, index))) command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{index}" });
        }

        public void Insert(params object[] values)
        {
            for (var index = 0; index < values.Length; index++) command.Parameters[index].Value = values[index];
            command.ExecuteNonQuery();
        }
    }
}
