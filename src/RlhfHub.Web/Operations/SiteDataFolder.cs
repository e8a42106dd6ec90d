using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Operations;

/// <summary>Where this program keeps its data: the same for the site and for its verbs.</summary>
internal static class SiteDataFolder
{
    public static DataFolder Locate(IConfiguration configuration, bool isDevelopment)
    {
        // Unverified: a new account's folder is not there yet, and would else come back empty.
        var localApplicationData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var repository = isDevelopment ? DataFolder.RepositoryAbove(AppContext.BaseDirectory) : null;
        return DataFolder.Locate(configuration[DataFolder.Setting], repository, localApplicationData);
    }
}
