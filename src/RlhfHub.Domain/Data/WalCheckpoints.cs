using Microsoft.EntityFrameworkCore;

namespace RlhfHub.Domain.Data;

/// <summary>
/// Moves SQLite's write-ahead log into the database file on a thread of its own, beside those who write. Left to itself SQLite does it inside the commit that makes the log too long, and that one rater waits for
/// megabytes to reach the disk. SQLite's own way stays as the net below, for programs that write without <see cref="WriteTransactions"/>. https://www.sqlite.org/wal.html#ckpt
/// </summary>
internal sealed class WalCheckpoints(IDbContextFactory<RlhfHubDbContext> contexts) : IDisposable
{
    /// <summary>From how many pages on SQLite helps itself (64 MB).</summary>
    public const int SelfHelpPages = 16_000;

    // Small enough that no checkpoint keeps the disk busy for long, large enough that pages written again and again are moved once.
    private const int OperationsAtOnce = 100;

    // What is written while the log is moved keeps it from starting anew. From here on (8 MB) it is finished between two writers.
    private const int LongLogPages = 2_000;

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    private readonly AutoResetEvent due = new(false);
    private readonly Lock starting = new();
    private Thread? thread;
    private int operations;
    private volatile bool isEnding, isOverdue;

    /// <summary>Something was committed.</summary>
    public void Committed(int count)
    {
        if (Interlocked.Add(ref operations, count) >= OperationsAtOnce) due.Set();
        if (thread is null) Start();
    }

    /// <summary>Called between two writers, when none writes.</summary>
    public void FinishIfOverdue()
    {
        if (!isOverdue) return;
        isOverdue = false;
        Move();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        isEnding = true;
        due.Set();
        thread?.Join();
        due.Dispose();
    }

    private void Start()
    {
        lock (starting)
        {
            if (thread is not null || isEnding) return;
            thread = new Thread(Run) { IsBackground = true, Name = "WAL checkpoints" };
            thread.Start();
        }
    }

    private void Run()
    {
        while (!isEnding)
        {
            due.WaitOne(LongestRest);
            if (isEnding || Interlocked.Exchange(ref operations, 0) == 0) continue;
            isOverdue = Move() > LongLogPages;
        }
    }

    /// <returns>How many pages the log has. It starts anew when a writer finds all of them moved, which happens by itself only where writers pause.</returns>
    private int Move()
    {
        try
        {
            using var db = contexts.CreateDbContext();
            if (!db.Database.IsSqlite()) return 0;
            db.Database.OpenConnection();
            using var command = db.Database.GetDbConnection().CreateCommand();
            // PASSIVE waits for nobody and holds nobody up; it answers with (busy, pages in the log, pages moved).
            command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
            using var reader = command.ExecuteReader();
            return reader.Read() ? reader.GetInt32(1) : 0;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // A full or failing disk: the log keeps everything, the next commit tells whoever writes, and the next try comes in a second.
            return 0;
        }
    }
}
