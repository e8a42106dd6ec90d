using System.CommandLine;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Operations;

/// <summary>Puts a copy in the database's place, while no site runs.</summary>
internal static class RestoreVerb
{
    public static Command Command()
    {
        var file = new Argument<string>("FILE") { Description = "A copy that 'backup' made, or one of those before migrations." };
        var command = new Command("restore", "Puts a copy in the database's place. The site must be stopped; the old database is kept aside.") { file };
        command.SetAction(parsed =>
        {
            var folder = Verbs.FolderOf(parsed, needsDatabase: false);
            folder.Create();
            using var siteLock = SiteLock.Take(folder);
            var aside = DatabaseBackup.Restore(Path.GetFullPath(parsed.GetValue(file)!), folder.Database, DateTime.UtcNow);
            parsed.InvocationConfiguration.Output.WriteLine(aside is null ? $"Restored {folder.Database}." : $"Restored {folder.Database}. The old one is {aside}.");
            return 0;
        });
        return command;
    }
}
