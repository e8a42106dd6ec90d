using RlhfHub.Web.Features.Rounds;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class WorkerLocationTests : IDisposable
{
    private static readonly string FileName = OperatingSystem.IsWindows() ? "rlhfhub-worker.exe" : "rlhfhub-worker";

    private readonly TemporaryFolder temporary = new();

    [Fact]
    public void Find_EveryPlaceHasOne_TakesTheSetting()
    {
        var setting = Place("elsewhere");
        Place("site/worker");

        Assert.Equal(new WorkerLocation(setting, WorkerSource.Setting), Find(setting, Place("build")));
    }

    [Fact]
    public void Find_SettingNamesAFolder_TakesTheProgramInIt()
    {
        var worker = Place("elsewhere");

        Assert.Equal(new WorkerLocation(worker, WorkerSource.Setting), Find(temporary["elsewhere"], built: null));
    }

    [Fact]
    public void Find_SettingIsWrong_SaysSoInsteadOfTakingAnother()
    {
        Place("site/worker");

        var found = Find(temporary["missing"], built: null);

        Assert.Equal(new WorkerLocation(temporary["missing"], WorkerSource.Setting), found);
        Assert.False(found.IsThere);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Find_PublishedSite_TakesTheOneBesideIt(string? setting)
    {
        var beside = Place("site/worker");

        var found = Find(setting, Place("build"));

        Assert.Equal(new WorkerLocation(beside, WorkerSource.BesideTheSite), found);
        Assert.True(found.IsThere);
    }

    [Fact]
    public void Find_BuiltSite_TakesTheBuildsOutput()
    {
        var built = Place("build");

        Assert.Equal(new WorkerLocation(built, WorkerSource.Build), Find(setting: null, built));
    }

    [Fact]
    public void Find_Nowhere_NamesThePlaceBesideTheSite()
    {
        var found = Find(setting: null, temporary["never-built"]);

        Assert.Equal(temporary["site", "worker", FileName], found.Path);
        Assert.False(found.IsThere);
    }

    [Fact]
    public void BuiltPath_OfThisBuild_IsTheWorker() => Assert.True(File.Exists(WorkerLocation.BuiltPath), $"{WorkerLocation.BuiltPath} is not there");

    public void Dispose() => temporary.Dispose();

    private WorkerLocation Find(string? setting, string? built) => WorkerLocation.Find(setting, temporary["site"], built);

    private string Place(string folder)
    {
        var file = Path.Combine(Directory.CreateDirectory(temporary[folder]).FullName, FileName);
        File.WriteAllText(file, "");
        return file;
    }
}
