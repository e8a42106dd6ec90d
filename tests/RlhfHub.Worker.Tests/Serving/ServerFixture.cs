namespace RlhfHub.Worker.Tests.Serving;

/// <summary>One server for all tests of a class.</summary>
public sealed class ServerFixture : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ServerProcess server;

    public ServerFixture()
    {
        ServedModels.Write(Models);
        server = ServerProcess.Start(Models, "--max-queue", "64", "--max-context", "128");
    }

    public string Models => folder["models"];

    internal ServerProcess Server => server;

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }
}
