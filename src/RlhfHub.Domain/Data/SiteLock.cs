namespace RlhfHub.Domain.Data;

/// <summary>Says that a site runs on a data folder: the file is held open, so that the system lets go of it however the process ends.</summary>
public sealed class SiteLock : IDisposable
{
    private readonly FileStream file;

    private SiteLock(FileStream file) => this.file = file;

    /// <summary>Takes the folder.</summary>
    /// <exception cref="DataFolderException">A site runs on it.</exception>
    public static SiteLock Take(DataFolder folder)
    {
        try
        {
            return new(new FileStream(Path.Combine(folder.Path, "site.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            throw new DataFolderException($"A site runs on {folder.Path}. Stop it first, or set {DataFolder.Setting} to another folder.", error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => file.Dispose();
}
