namespace RlhfHub.Worker.Tests.Verbs;

/// <summary>What the verb refuses; what it makes, <c>StarterMakerTests</c> show.</summary>
public sealed class StarterVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("5")]
    [InlineData("-1")]
    [InlineData("1000000001")]
    public void Run_LengthOutOfRange_IsRefusedBeforeAnythingIsWritten(string characters)
    {
        var refused = Verb.Run("starter", "--output", folder["starter"], "--characters", characters);

        refused.AssertRefused(1, $"starter: 'characters' is {characters}; expected a whole number from 10000 to 1000000000.");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
