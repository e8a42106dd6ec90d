using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Tests;

public sealed class StartMessageTests
{
    [Theory]
    [InlineData("http://localhost:5080", "http://localhost:5080")]
    [InlineData("http://[::]:8080", "http://localhost:8080")]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080")]
    [InlineData("http://+:8080", "http://localhost:8080")]
    public void Print_ListeningAddress_IsOneThatABrowserCanOpen(string listening, string expected)
    {
        using var output = new StringWriter();

        StartMessage.Print([listening], DataFolder.Locate("/srv/hub", repository: null, localApplicationData: ""), setUpToken: null, output);

        Assert.Contains($"{expected}{Environment.NewLine}", output.ToString());
        Assert.Contains("/srv/hub", output.ToString());
    }

    [Fact]
    public void Print_NoAdmin_ShowsTheSetUpLink()
    {
        using var output = new StringWriter();

        StartMessage.Print(["http://[::]:8080", "http://[::]:8081"], DataFolder.Locate("/srv/hub", repository: null, localApplicationData: ""), "secret", output);

        Assert.Contains("http://localhost:8080/account/set-up?token=secret", output.ToString());
    }
}
