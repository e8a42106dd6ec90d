using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

/// <summary>A process that works in a run folder is killed again and again, at moments that nobody chose.</summary>
public sealed class KillTests
{
    [Fact]
    public void Work_KilledFiveTimes_LosesNothingThatWasThere()
    {
        const int Kills = 5;
        using var sample = new RunSample();
        sample.Spec.Write(sample.Folder);
        var tail = new EventTail(sample.Folder);
        var events = new List<RunEvent>();
        long newest = 0;
        for (var round = 1; round <= Kills; round++)
        {
            using (var child = RunChild.Start("work", sample.Folder.Path))
            {
                // Some 40 events are eight saves; the exact moment is the scheduler's.
                for (var target = events.Count + 40 + round; events.Count < target;) events.AddRange(tail.ReadNew());
                child.Kill();
            }
            using var held = sample.Lock();
            using (var log = EventLog.Open(held, TimeProvider.System)) events.AddRange(tail.ReadNew());

            var search = CheckpointStore.Open(held).FindNewestWhole();

            Assert.Empty(search.PassedOver);
            var announced = events.OfType<CheckpointEvent>().LastOrDefault()?.Step ?? 0;
            Assert.True(search.Newest!.Step >= announced);
            Assert.True(search.Newest.Step >= newest);
            newest = search.Newest.Step;
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(item => item.Seq));
        Assert.Equal(Kills, events.OfType<StateEvent>().Count(item => item.State == RunState.Resumed));
        // Every step is there, and where a resume wrote it again it has the same value.
        var metrics = events.OfType<MetricEvent>().GroupBy(item => item.Step).OrderBy(group => group.Key).ToList();
        Assert.Equal(Enumerable.Range(1, metrics.Count).Select(i => (long)i), metrics.Select(group => group.Key));
        Assert.All(metrics, group => Assert.Single(group.Select(item => item.Metrics["loss"]).Distinct()));
    }
}
