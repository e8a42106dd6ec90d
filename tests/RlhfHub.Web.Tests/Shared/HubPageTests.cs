using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.Shared;

public sealed class HubPageTests
{
    [Fact]
    public void Closed_PageGoneWhileACallIsUnderWay_IsEndedAndNotBroken()
    {
        var page = new Page();

        page.Dispose();

        Assert.True(page.Token.IsCancellationRequested);
    }

    private sealed class Page : HubPage
    {
        public CancellationToken Token => Closed;
    }
}
