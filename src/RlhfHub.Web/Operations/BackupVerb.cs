using System.CommandLine;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Operations;

/// <summary>A checked copy of the database, also while the site runs.</summary>
internal static class BackupVerb
{
    public static Command Command()
    {
        var file = new Argument<string?>("FILE") { Description = "Where to; nothing is overwritten. Without it a new file in the data folder's backups/.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("backup", "Copies the database, also while the site runs, and checks the copy.") { file };
        command.SetAction(parsed =>
        {
            var folder = Verbs.FolderOf(parsed);
            var copy = Path.GetFullPath(parsed.GetValue(file) ?? Path.Combine(folder.Backups, $"hub-{DatabaseBackup.Stamp(DateTime.UtcNow)}.db"));
            DatabaseBackup.Copy(folder.Database, copy);
            parsed.InvocationConfiguration.Output.WriteLine($"Copied to {copy} and checked.");
            return 0;
        });
        return command;
    }
}
