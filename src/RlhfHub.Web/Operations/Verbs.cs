using System.CommandLine;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Operations;

/// <summary>What the site's program does besides being the site: when its first argument is a verb.</summary>
internal static class Verbs
{
    private static readonly Option<string?> Data = new("--data") { Description = $"The data folder; without it the setting {DataFolder.Setting}, else the default.", Recursive = true, HelpName = "FOLDER" };

    private static readonly IReadOnlyList<Func<Command>> All = [BackupVerb.Command, RestoreVerb.Command, VerifyAuditVerb.Command, ResetPasswordVerb.Command];

    /// <summary>Whether the arguments are for a verb and not for the site.</summary>
    public static bool AreFor(string[] args) => args is [var first, ..] && (first is "--help" or "-h" or "-?" or "--version" || All.Any(verb => verb().Name == first));

    /// <returns>0 when all went well; 1 with one sentence when it did not; 2 when the command line is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("RlhfHub. Without a verb the site starts.") { Data };
        foreach (var verb in All) root.Add(verb());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(error => error.Message)));
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (DataFolderException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    /// <summary>The data folder that the command line or the settings name; it must hold a database.</summary>
    public static DataFolder FolderOf(ParseResult parsed, bool needsDatabase = true)
    {
        var isDevelopment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") == Environments.Development;
        var settings = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables();
        if (parsed.GetValue(Data) is { } given) settings.AddInMemoryCollection([new(DataFolder.Setting, given)]);
        var folder = SiteDataFolder.Locate(settings.Build(), isDevelopment);
        if (needsDatabase && !File.Exists(folder.Database)) throw new DataFolderException($"There is no database in {folder.Path}. Name the site's data folder by --data or {DataFolder.Setting}.");
        return folder;
    }
}
