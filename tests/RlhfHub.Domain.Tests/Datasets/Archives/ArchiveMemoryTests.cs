using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Archives;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Tests.Datasets.Formats;

namespace RlhfHub.Domain.Tests.Datasets.Archives;

/// <summary>Alone in its process while it runs: it measures the heap.</summary>
[Collection(nameof(FlatMemoryTests))]
public sealed class ArchiveMemoryTests
{
    private const int Early = 1000, Late = 19_000, Prompts = 20_000;

    // The texts in between take 36 MB and more; a portion that is being written takes less than one.
    private const long MostGrowth = 6 << 20;

    [Fact]
    public async Task ImportExport_TwentyTimesThePrompts_TakesNoMoreMemory()
    {
        await using var hub = await TestHub.CreateAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["archive"], Archives.Sealed([.. Lines()]));

        List<long> imported = [];
        Guid projectId;
        await using (var file = File.OpenRead(folder["archive"]))
        {
            var running = Task.Run(() => hub.Get<ArchiveService>().ImportAsync(hub.Admin, file, default));
            await using var db = await hub.OpenAsync();
            while (!running.IsCompleted && imported.Count < 2)
                if (await db.Prompts.CountAsync() >= (imported.Count == 0 ? Early : Late)) imported.Add(GC.GetTotalMemory(forceFullCollection: true));
            projectId = await running;
        }
        using var stream = new MeasuredStream();
        await (await hub.Get<ArchiveService>().ExportAsync(hub.Admin, projectId, false, default)).WriteAsync(stream, default);

        Assert.Equal(new FileInfo(folder["archive"]).Length, stream.Written);
        Assert.True(imported[1] - imported[0] < MostGrowth, $"import grew by {imported[1] - imported[0]:N0} bytes");
        Assert.True(stream.Heap[1] - stream.Heap[0] < MostGrowth, $"export grew by {stream.Heap[1] - stream.Heap[0]:N0} bytes");
    }

    private static IEnumerable<string> Lines()
    {
        var settings = JsonNode.Parse(JsonText.Write(new ProjectSettings()));
        yield return """{"record":"archive","format":"rlhfhub-archive","version":1}""";
        yield return $$"""{"record":"project","id":"{{Id(1, 0)}}","name":"Large","description":"","settings":{{settings!.ToJsonString()}},"guidelinesVersion":0,"isArchived":false,"createdAt":"2026-05-04T08:00:00Z","lastPosition":0}""";
        for (var number = 0; number < Prompts; number++)
            yield return $$"""{"record":"prompt","id":"{{Id(2, number)}}","messages":[{"role":"user","content":"{{Text(number)}}"}],"source":"","split":"train","tags":[],"priority":0,"createdAt":"2026-05-04T08:00:00Z","isArchived":false}""";
        for (var number = 0; number < Prompts; number++)
            yield return $$"""{"record":"response","id":"{{Id(3, number)}}","promptId":"{{Id(2, number)}}","text":"{{Text(number)}}","origin":"import","createdAt":"2026-05-04T08:00:00Z","importedIsPerson":false}""";
    }

    private static string Id(int kind, int number) => $"019e0000-000{kind}-7000-8000-{number:x12}";

    private static string Text(int number) => $"{number} " + new string((char)('a' + number % 26), 1000);

    private sealed class MeasuredStream : Stream
    {
        private int lines;

        public List<long> Heap { get; } = [];
        public long Written { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            if (buffer.Span[^1] == '\n' && ++lines is Early or 2 * Late) Heap.Add(GC.GetTotalMemory(forceFullCollection: true));
            return ValueTask.CompletedTask;
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
