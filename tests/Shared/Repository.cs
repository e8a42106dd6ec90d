using System.Reflection;

namespace RlhfHub.Tests.Shared;

/// <summary>Paths inside the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepoRoot").Value!;

    public static string Fixture(params string[] path) => Path.Combine([Root, "tests", "fixtures", .. path]);
}
