using System.Text;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class EventLogTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly RunSample sample = new();
    private readonly RunLock held;

    public EventLogTests() => held = sample.Lock();

    public void Dispose()
    {
        held.Dispose();
        sample.Dispose();
    }

    [Fact]
    public void Append_EveryKind_WritesTheContractsLines()
    {
        using (var log = EventLog.Open(held, new FixedTime(Noon.ToOffset(TimeSpan.FromHours(2)))))
        {
            log.Append(new StateEvent(RunState.Preparing));
            log.Append(StateEvent.Resumed(20));
            log.Append(StateEvent.Failed("Out of memory."));
            log.Append(new MetricEvent(10, new Dictionary<string, double> { ["loss"] = 0.1 + 0.2, ["grad_norm"] = double.NaN, ["kl"] = double.NegativeInfinity }));
            log.Append(new SampleEvent(10, "Grüß\n\"mich\"", "日本 🙂", SampleTime.After, 0.5));
            log.Append(new CheckpointEvent(10, "checkpoints/step-10"));
            log.Append(new LogEvent("Slow.", RunLogLevel.Warning));
            log.Append(new ErrorEvent("No.", "at A"));
        }

        Assert.Equal(
            """
            {"seq":1,"time":"2026-11-23T12:00:00Z","kind":"state","state":"preparing"}
            {"seq":2,"time":"2026-11-23T12:00:00Z","kind":"state","state":"resumed","fromStep":20}
            {"seq":3,"time":"2026-11-23T12:00:00Z","kind":"state","state":"failed","reason":"Out of memory."}
            {"seq":4,"time":"2026-11-23T12:00:00Z","kind":"metric","step":10,"metrics":{"loss":0.30000000000000004,"grad_norm":"NaN","kl":"-Infinity"}}
            {"seq":5,"time":"2026-11-23T12:00:00Z","kind":"sample","step":10,"prompt":"Grüß\n\"mich\"","text":"日本 🙂","when":"after","score":0.5}
            {"seq":6,"time":"2026-11-23T12:00:00Z","kind":"checkpoint","step":10,"path":"checkpoints/step-10"}
            {"seq":7,"time":"2026-11-23T12:00:00Z","kind":"log","message":"Slow.","level":"warning"}
            {"seq":8,"time":"2026-11-23T12:00:00Z","kind":"error","message":"No.","detail":"at A"}

            """.ReplaceLineEndings("\n").Replace("🙂", "\\uD83D\\uDE42"),
            File.ReadAllText(sample.Folder.EventsFile));
    }

    [Fact]
    public void ReadNew_EveryKind_IsWhatWasAppended()
    {
        using var log = EventLog.Open(held, new FixedTime(Noon));
        var metrics = log.Append(new MetricEvent(1, new Dictionary<string, double> { ["a"] = double.NaN, ["b"] = double.PositiveInfinity, ["c"] = 5e-324 }));
        RunEvent[] others =
        [
            log.Append(new StateEvent(RunState.Running)), log.Append(StateEvent.Resumed(0)), log.Append(new SampleEvent(0, "", "\ud83d", SampleTime.Before) with { Text = "\u2028\0" }),
            log.Append(new CheckpointEvent(1, "checkpoints/step-1", "id")), log.Append(new LogEvent("x")), log.Append(new ErrorEvent("y")),
        ];

        var read = new EventTail(sample.Folder).ReadNew();

        Assert.Equal(metrics.Metrics, Assert.IsType<MetricEvent>(read[0]).Metrics);
        Assert.Equal(others, read.Skip(1));
        Assert.All(read, item => Assert.Equal((Noon.UtcDateTime, DateTimeKind.Utc), (item.Time, item.Time.Kind)));
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7], read.Select(item => item.Seq));
    }

    [Fact]
    public void Append_TextThatIsNoUnicode_StaysOneReadableLine()
    {
        using var log = EventLog.Open(held, TimeProvider.System);

        log.Append(new LogEvent("half \ud83d here"));

        Assert.Equal("half \ufffd here", Assert.IsType<LogEvent>(new EventTail(sample.Folder).ReadNew().Single()).Message);
    }

    [Fact]
    public void Open_LastLineTornAtEveryByte_CutsItAndGoesOn()
    {
        using (var log = EventLog.Open(held, new FixedTime(Noon)))
        {
            log.Append(new StateEvent(RunState.Running));
            log.Append(new LogEvent("ü"));
            log.Append(new SampleEvent(3, "Prömpt", "text", SampleTime.During));
        }
        var whole = File.ReadAllBytes(sample.Folder.EventsFile);
        var lastStart = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;

        for (var length = lastStart; length < whole.Length; length++)
        {
            File.WriteAllBytes(sample.Folder.EventsFile, whole[..length]);
            var reader = new EventTail(sample.Folder);
            Assert.Equal(2, reader.ReadNew().Count);

            using (var log = EventLog.Open(held, new FixedTime(Noon)))
            {
                Assert.Equal((2, length - lastStart), (log.LastSeq, log.RepairedBytes));
                Assert.Equal(lastStart, new FileInfo(sample.Folder.EventsFile).Length);
                log.Append(new LogEvent("on"));
            }

            Assert.Equal(3, Assert.IsType<LogEvent>(reader.ReadNew().Single()).Seq);
            Assert.Equal([1L, 2, 3], new EventTail(sample.Folder).ReadNew().Select(item => item.Seq));
        }
        Assert.True(whole.Length - lastStart > 100);
    }

    [Fact]
    public void Open_WholeFile_ChangesNothing()
    {
        using (var log = EventLog.Open(held, TimeProvider.System)) log.Append(new LogEvent(new string('x', 200_000)));
        var before = File.ReadAllBytes(sample.Folder.EventsFile);

        using (var log = EventLog.Open(held, TimeProvider.System)) Assert.Equal((1, 0), (log.LastSeq, log.RepairedBytes));

        Assert.Equal(before, File.ReadAllBytes(sample.Folder.EventsFile));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("{\"seq\":1", 8)]
    public void Open_NoWholeLine_BeginsAtOne(string text, int repairedBytes)
    {
        File.WriteAllText(sample.Folder.EventsFile, text);

        using var log = EventLog.Open(held, TimeProvider.System);

        Assert.Equal((0, repairedBytes), (log.LastSeq, log.RepairedBytes));
        Assert.Equal(1, log.Append(new LogEvent("first")).Seq);
    }

    [Theory]
    [InlineData("{\"seq\":1}\n")]
    [InlineData("nonsense\n")]
    [InlineData("{\"seq\":\"1\",\"time\":\"2026-11-23T12:00:00Z\",\"kind\":\"log\",\"message\":\"\"}\n")]
    public void Open_WholeLineThatIsNoEvent_RefusesAndChangesNothing(string text)
    {
        File.WriteAllText(sample.Folder.EventsFile, text);

        var error = Assert.Throws<RunFolderException>(() => EventLog.Open(held, TimeProvider.System));

        Assert.StartsWith($"{sample.Folder.EventsFile} at byte 0", error.Message);
        Assert.Equal(text, File.ReadAllText(sample.Folder.EventsFile, Encoding.UTF8));
    }
}
