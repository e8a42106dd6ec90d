using Xunit.Abstractions;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>The short form; <c>bench -- storm</c> sends a thousand.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    [Fact]
    public async Task AStorm_OfAllKindsOfCallers_LeavesTheServerAsItWas()
    {
        using var folder = new TemporaryFolder();

        var storm = await StormSeries.RunAsync(folder["models"], warmUp: 60, requests: 150, seed: 1);

        output.WriteLine($"{string.Join(", ", storm.Seen.Select(item => $"{item.Value} {item.Key}"))}; native MB {storm.NativeMegabytes}, resident MB {storm.ResidentMegabytes}");
        Assert.Empty(storm.Faults);
        Assert.True(storm.IsAlive);
        Assert.InRange(storm.NativeMegabytes.After, 0, storm.NativeMegabytes.Before + 10);
        Assert.InRange(storm.ResidentMegabytes.After, 0, storm.ResidentMegabytes.Before + 100);
    }
}
