using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Tests.Data;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    [Fact]
    public void Locate_WithSetting_TakesItBeforeEveryDefault()
    {
        var folder = DataFolder.Locate($" {temporary.Path} ", repository: "/repository", localApplicationData: "/home/user/.local/share");

        Assert.Equal(temporary.Path, folder.Path);
    }

    [Fact]
    public void Locate_RelativeSetting_StartsAtCurrentDirectory()
    {
        var folder = DataFolder.Locate("here", repository: null, localApplicationData: "");

        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "here"), folder.Path);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void Locate_InRepositoryWithoutSetting_TakesItsDataFolder(string? setting)
    {
        var folder = DataFolder.Locate(setting, temporary.Path, localApplicationData: "/home/user/.local/share");

        Assert.Equal(temporary[".data"], folder.Path);
    }

    [Fact]
    public void Locate_OutsideRepository_TakesLocalApplicationData()
    {
        var folder = DataFolder.Locate(setting: null, repository: null, temporary.Path);

        Assert.Equal(temporary["RlhfHub"], folder.Path);
    }

    [Fact]
    public void Locate_WithoutAnyPlace_SaysWhatToSet()
    {
        var error = Assert.Throws<DataFolderException>(() => DataFolder.Locate(setting: null, repository: null, localApplicationData: ""));

        Assert.Contains(DataFolder.Setting, error.Message);
    }

    [Fact]
    public void RepositoryAbove_TestAssembly_FindsSolution() => Assert.Equal(Path.TrimEndingDirectorySeparator(Repository.Root), DataFolder.RepositoryAbove(AppContext.BaseDirectory));

    [Fact]
    public void RepositoryAbove_ElsewhereOnDisk_IsNull() => Assert.Null(DataFolder.RepositoryAbove(temporary.Path));

    [Fact]
    public void Create_FreshPlace_MakesEveryFolderAndLeavesNothingElse()
    {
        var folder = DataFolder.Locate(temporary["hub"], repository: null, localApplicationData: "");

        folder.Create();

        Assert.Equal(["backups", "keys", "models", "runs", "uploads"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Keys));
    }

    [Fact]
    public void Create_Twice_KeepsWhatIsThere()
    {
        var folder = DataFolder.Locate(temporary.Path, repository: null, localApplicationData: "");
        folder.Create();
        File.WriteAllText(Path.Combine(folder.Keys, "key.xml"), "<key/>");

        folder.Create();

        Assert.Equal("<key/>", File.ReadAllText(Path.Combine(folder.Keys, "key.xml")));
    }

    [Fact]
    public void Create_WhereAFileLies_SaysWhichFolderAndWhatToSet()
    {
        File.WriteAllText(temporary["taken"], "");
        var folder = DataFolder.Locate(temporary["taken"], repository: null, localApplicationData: "");

        var error = Assert.Throws<DataFolderException>(folder.Create);

        Assert.Contains(folder.Path, error.Message);
        Assert.Contains(DataFolder.Setting, error.Message);
    }

    public void Dispose() => temporary.Dispose();
}
