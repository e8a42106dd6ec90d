using System.IO.Compression;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Decompresses gzip and tells a file that was cut off: .NET's own stream ends such a one quietly. A small compressed part of our own is put behind the file,
/// and must come out last; the end of a file that was
/// cut off swallows it.
/// </summary>
internal sealed class WholeGzipStream(Stream zipped) : Stream
{
    private static readonly byte[] Mark = Guid.NewGuid().ToByteArray();
    private static readonly byte[] ZippedMark = Zip(Mark);

    private readonly GZipStream inner = new(new FollowedStream(zipped), CompressionMode.Decompress);
    private readonly byte[] held = new byte[32 * 1024];
    private int start;
    private int end;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (end - start <= Mark.Length)
        {
            held.AsSpan(start, end - start).CopyTo(held);
            (start, end) = (0, end - start);
            var count = await inner.ReadAsync(held.AsMemory(end), cancellationToken);
            if (count == 0) return held.AsSpan(0, end).SequenceEqual(Mark) ? 0 : throw new InvalidDataException("the compressed file is cut off, or something else follows it");
            end += count;
        }
        var ready = Math.Min(buffer.Length, end - start - Mark.Length);
        held.AsMemory(start, ready).CopyTo(buffer);
        start += ready;
        return ready;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.NoCompression)) zip.Write(bytes);
        return target.ToArray();
    }

    /// <summary>The file, and the mark behind it.</summary>
    private sealed class FollowedStream(Stream file) : Stream
    {
        private int given = -1;   // of the mark; the file comes first

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (given < 0)
            {
                var count = await file.ReadAsync(buffer, cancellationToken);
                if (count > 0) return count;
                given = 0;
            }
            var rest = Math.Min(buffer.Length, ZippedMark.Length - given);
            ZippedMark.AsMemory(given, rest).CopyTo(buffer);
            given += rest;
            return rest;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
