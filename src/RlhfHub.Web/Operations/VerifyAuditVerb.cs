using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Operations;

/// <summary>Checks the chain of the log.</summary>
internal static class VerifyAuditVerb
{
    public static Command Command()
    {
        var command = new Command("verify-audit", "Checks that no entry of the log was changed or removed, and prints the last one's hash. Kept elsewhere, it shows whether the end was cut off later.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var db = Open(Verbs.FolderOf(parsed));
            var verdict = await AuditLog.VerifyAsync(db, cancellationToken);
            if (verdict.Problem is not null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(verdict.Problem);
                return 1;
            }
            var last = await db.AuditEntries.OrderByDescending(entry => entry.Number).Select(entry => entry.Hash).FirstOrDefaultAsync(cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"All {verdict.WholeEntries} entries are whole; the last one's hash is {last ?? "none"}.");
            return 0;
        });
        return command;
    }

    private static RlhfHubDbContext Open(DataFolder folder)
    {
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, folder.Database);
        return new RlhfHubDbContext(options.Options);
    }
}
