using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class EventTailTests : IDisposable
{
    private readonly RunSample sample = new();
    private readonly RunLock held;

    public EventTailTests() => held = sample.Lock();

    public void Dispose()
    {
        held.Dispose();
        sample.Dispose();
    }

    [Fact]
    public void ReadNew_WhileTheWriterAppends_SeesEveryEventOnce()
    {
        const int Count = 20_000;
        var writer = new Thread(() =>
        {
            using var log = EventLog.Open(held, TimeProvider.System);
            var random = new Random(1);
            for (var i = 1; i <= Count; i++)
            {
                // Lines of very different lengths, some longer than the reader's first buffer.
                if (i % 2_000 == 0) log.Append(new SampleEvent(i, "p", new string('ü', random.Next(100_000)), SampleTime.During));
                else log.Append(new MetricEvent(i, new Dictionary<string, double> { ["loss"] = random.NextDouble() }));
            }
        });
        var tail = new EventTail(sample.Folder);
        var seen = new List<RunEvent>(Count);
        var reads = 0;

        writer.Start();
        while (seen.Count < Count)
        {
            var isWriting = writer.IsAlive;
            var events = tail.ReadNew(1 + (reads++ % 700));
            seen.AddRange(events);
            if (events.Count == 0 && !isWriting) break;
            // A reader that starts anew from what it stored is as good as one that goes on.
            if (reads % 10 == 0) tail = new EventTail(sample.Folder, tail.Cursor);
        }
        writer.Join();

        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), seen.Select(item => item.Seq));
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), seen.Select(item => item is MetricEvent metric ? metric.Step : ((SampleEvent)item).Step));
        Assert.Equal(new FileInfo(sample.Folder.EventsFile).Length, tail.Cursor.OffsetBytes);
    }

    [Fact]
    public void ReadNew_HalfALine_WaitsForTheRest()
    {
        const string Line = "{\"seq\":1,\"time\":\"2026-11-23T12:00:00Z\",\"kind\":\"log\",\"message\":\"hi\"}\n";
        var tail = new EventTail(sample.Folder);
        Assert.Empty(tail.ReadNew());
        for (var length = 0; length < Line.Length; length++)
        {
            File.WriteAllText(sample.Folder.EventsFile, Line[..length]);
            Assert.Empty(tail.ReadNew());
        }

        File.WriteAllText(sample.Folder.EventsFile, Line);

        Assert.Equal("hi", Assert.IsType<LogEvent>(tail.ReadNew().Single()).Message);
    }

    [Fact]
    public void After_Seq_ReadsWhatFollows()
    {
        Append(50);

        var tail = EventTail.After(sample.Folder, 37);

        Assert.Equal([38L, 39], tail.ReadNew(2).Select(item => item.Seq));
        Assert.Equal(11, tail.ReadNew().Count);
        Assert.Empty(tail.ReadNew());
    }

    [Fact]
    public void After_SeqThatIsNotThere_Refuses()
    {
        Append(3);

        var error = Assert.Throws<RunFolderException>(() => EventTail.After(sample.Folder, 5));

        Assert.Equal($"{sample.Folder.EventsFile} ends with event 3; event 5 was read before. Read it again from the beginning.", error.Message);
    }

    [Theory]
    [InlineData(3, "event 2 is followed by event 4; expected 3.")]
    [InlineData(1, "event 0 is followed by event 2; expected 1.")]
    public void ReadNew_LineTakenOut_IsAGap(int missing, string expected)
    {
        Append(5);
        var lines = File.ReadAllLines(sample.Folder.EventsFile).ToList();
        lines.RemoveAt(missing - 1);
        File.WriteAllText(sample.Folder.EventsFile, string.Join('\n', lines) + "\n");

        var error = Assert.Throws<RunFolderException>(() => new EventTail(sample.Folder).ReadNew());

        Assert.EndsWith(expected, error.Message);
    }

    [Fact]
    public void ReadNew_LineTwice_IsRefused()
    {
        Append(2);
        File.AppendAllText(sample.Folder.EventsFile, File.ReadAllLines(sample.Folder.EventsFile)[1] + "\n");

        var error = Assert.Throws<RunFolderException>(() => new EventTail(sample.Folder).ReadNew());

        Assert.EndsWith("event 2 is followed by event 2; expected 3.", error.Message);
    }

    [Fact]
    public void ReadNew_LogLostItsEnd_SaysSo()
    {
        Append(3);
        var tail = new EventTail(sample.Folder);
        tail.ReadNew();
        var cursor = tail.Cursor;
        var lines = File.ReadAllLines(sample.Folder.EventsFile);
        File.WriteAllText(sample.Folder.EventsFile, lines[0] + "\n");
        Assert.Throws<RunFolderException>(() => tail.ReadNew());

        // The file has grown beyond the cursor again, with other lines.
        using (var log = EventLog.Open(held, TimeProvider.System))
            for (var i = 0; i < 9; i++) log.Append(new LogEvent("other text"));

        var error = Assert.Throws<RunFolderException>(() => new EventTail(sample.Folder, cursor).ReadNew());
        Assert.Equal($"{sample.Folder.EventsFile} has no event 3 that ends at byte {cursor.OffsetBytes}, although it was read before. Read it again from the beginning.", error.Message);
    }

    [Fact]
    public void ReadNew_CursorWhoseNumberIsNotTheLines_IsRefused()
    {
        Append(3);
        var tail = new EventTail(sample.Folder);
        tail.ReadNew(2);

        Assert.Equal(3, new EventTail(sample.Folder, tail.Cursor).ReadNew().Single().Seq);
        Assert.Throws<RunFolderException>(() => new EventTail(sample.Folder, tail.Cursor with { Seq = 7 }).ReadNew());
        Assert.Throws<RunFolderException>(() => new EventTail(sample.Folder, tail.Cursor with { OffsetBytes = tail.Cursor.OffsetBytes - 1 }).ReadNew());
    }

    [Fact]
    public void ReadNew_KindAndFieldsOfALaterVersion_AreReadAndCounted()
    {
        File.WriteAllText(sample.Folder.EventsFile, """
            {"seq":1,"time":"2026-11-23T14:00:00+02:00","kind":"heartbeat","load":0.5}
            {"kind":"log","seq":2,"time":"2026-11-23T12:00:01Z","message":"m","colour":"red"}

            """.ReplaceLineEndings("\n"));

        var read = new EventTail(sample.Folder).ReadNew();

        var other = Assert.IsType<OtherEvent>(read[0]);
        Assert.Equal(("heartbeat", 0.5, new DateTime(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc)), (other.Kind, (double)other.Fields["load"]!, other.Time));
        Assert.Equal("m", Assert.IsType<LogEvent>(read[1]).Message);
    }

    private void Append(int count)
    {
        using var log = EventLog.Open(held, TimeProvider.System);
        for (var i = 1; i <= count; i++) log.Append(new LogEvent($"line {i}"));
    }
}
