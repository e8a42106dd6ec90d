namespace RlhfHub.Domain.Data;

/// <summary>The one folder that an installation writes to: the database, runs, models, keys, backups and uploads.</summary>
public sealed record DataFolder
{
    /// <summary>The name of the one setting that says where the folder is.</summary>
    public const string Setting = "RLHFHUB_DATA";

    private DataFolder(string path) => Path = path;

    /// <summary>The folder itself, as an absolute path.</summary>
    public string Path { get; }

    /// <summary>The SQLite file.</summary>
    public string Database => Below("hub.db");

    /// <summary>One folder a training run.</summary>
    public string Runs => Below("runs");

    /// <summary>One folder a model version.</summary>
    public string Models => Below("models");

    /// <summary>The keys that sign cookies and seal stored secrets.</summary>
    public string Keys => Below("keys");

    /// <summary>Copies of the database.</summary>
    public string Backups => Below("backups");

    /// <summary>Files that people sent, until they are imported.</summary>
    public string Uploads => Below("uploads");

    /// <summary>
    /// The folder that <paramref name="setting"/> names; without a setting <c>.data/</c> in the repository in Development, else <c>RlhfHub/</c> in the user's
    /// local application data. Creates nothing.
    /// </summary>
    /// <param name="setting">The value of <see cref="Setting"/>; empty counts as absent, a relative path starts at the current directory.</param>
    /// <param name="repository">The root of the repository that the program runs in, for Development; null otherwise.</param>
    /// <param name="localApplicationData">The user's local application data; empty where the system knows none.</param>
    /// <exception cref="DataFolderException">There is neither a setting nor a default.</exception>
    public static DataFolder Locate(string? setting, string? repository, string localApplicationData)
    {
        if (!string.IsNullOrWhiteSpace(setting)) return new(System.IO.Path.GetFullPath(setting.Trim()));
        if (repository is not null) return new(System.IO.Path.Combine(repository, ".data"));
        if (localApplicationData.Length > 0) return new(System.IO.Path.Combine(localApplicationData, "RlhfHub"));
        throw new DataFolderException($"This account has no home folder to keep data in; set {Setting} to the folder that RlhfHub may write to.");
    }

    /// <summary>The nearest folder at or above <paramref name="start"/> that holds the solution file; null outside the repository.</summary>
    public static string? RepositoryAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "RlhfHub.sln"))) return folder.FullName;
        return null;
    }

    /// <summary>Creates what is missing. On Unix only the owner can enter folders made here, because keys and people's data lie in them.</summary>
    /// <exception cref="DataFolderException">The folder cannot be created or written.</exception>
    public void Create()
    {
        try
        {
            foreach (var folder in new[] { Path, Runs, Models, Keys, Backups, Uploads }) CreatePrivate(folder);
            var probe = Below($".write-test-{Guid.CreateVersion7():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"RlhfHub cannot write to {Path}: {error.Message} Set {Setting} to a folder that it may write to.", error);
        }
    }

    private string Below(string name) => System.IO.Path.Combine(Path, name);

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

/// <summary>The data folder is nowhere or cannot be written; the message says what to set.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);
