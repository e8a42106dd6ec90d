namespace RlhfHub.Worker.Tests.Verbs;

/// <summary>What the demo does with a folder or model that is not right; what it does when all is, <c>DemoLoopTests</c> show.</summary>
public sealed class DemoVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_FolderInUse_IsRefused()
    {
        File.WriteAllText(folder["letter.txt"], "Dear reader");

        Verb.Run("demo", "--output", folder.Path).AssertRefused(1, $"{folder.Path} is already in use; expected a new or empty folder.");
    }

    [Fact]
    public void Run_ModelOfAnotherWorld_IsRefusedWithItsFolder()
    {
        var refused = Verb.Run("demo", "--output", folder["demo"], "--model", folder["none"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(folder["none"], refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        Assert.False(Directory.Exists(folder["demo"]));
    }

    [Fact]
    public void StarterModel_LiesBesideTheWorker() => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "models", "starter", "model.safetensors")));
}
