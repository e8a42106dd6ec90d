using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Queue;

/// <summary>
/// Draws the order in which a rater sees a task's replies. Two replies come in shuffled blocks of two: after each block a rater has seen both orders equally often, and cannot tell which comes next
/// beyond that. More replies are shuffled freely.
/// </summary>
internal static class DisplayOrder
{
    public static async Task<string> DrawAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, Guid orderGroup, int responses, Random random, CancellationToken cancellationToken)
    {
        if (responses != 2) return Shuffle(responses, random);
        var waiting = await db.FirstAsync(
            """SELECT "NextOrder" FROM "OrderBalances" WHERE "ProjectId" = @project AND "RaterId" = @rater AND "OrderGroup" = @group""",
            row => row.GetString(0), cancellationToken, ("@project", projectId), ("@rater", raterId), ("@group", orderGroup));
        var order = waiting is { Length: 2 } ? waiting : Shuffle(2, random);
        var next = waiting is { Length: 2 } ? "" : order == "01" ? "10" : "01";
        await db.ExecuteAsync(
            """
            INSERT INTO "OrderBalances" ("ProjectId", "RaterId", "OrderGroup", "NextOrder") VALUES (@project, @rater, @group, @next)
            ON CONFLICT ("ProjectId", "RaterId", "OrderGroup") DO UPDATE SET "NextOrder" = @next
            """,
            cancellationToken, ("@project", projectId), ("@rater", raterId), ("@group", orderGroup), ("@next", next));
        return order;
    }

    private static string Shuffle(int responses, Random random)
    {
        var places = Enumerable.Range(0, responses).Select(place => (char)('0' + place)).ToArray();
        random.Shuffle(places);
        return new string(places);
    }
}
