namespace RlhfHub.Tests.Shared;

/// <summary>The public data sets that are not in the repository: below RLHFHUB_TEST_DATA, else in ../shared/data beside it.</summary>
internal static class TestData
{
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("RLHFHUB_TEST_DATA") ?? Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    public static string Folder(string name) => Path.Combine(Root, name);

    public static string? ReasonToSkip(string name) =>
        Directory.Exists(Folder(name)) ? null : $"The data set '{name}' is not in {Root}; set RLHFHUB_TEST_DATA to the folder that holds it.";
}

/// <summary>A fact that needs a data set, and is skipped with the reason where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TestDataFactAttribute : FactAttribute
{
    public TestDataFactAttribute(string name) => Skip = TestData.ReasonToSkip(name);
}

/// <summary>A theory that needs a data set, and is skipped with the reason where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TestDataTheoryAttribute : TheoryAttribute
{
    public TestDataTheoryAttribute(string name) => Skip = TestData.ReasonToSkip(name);
}
