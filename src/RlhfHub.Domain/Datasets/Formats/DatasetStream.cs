namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>The bytes of a data set as text in UTF-8: decompressed where they begin like gzip, without a byte order mark.</summary>
internal static class DatasetStream
{
    /// <summary>The text's bytes, to be disposed; the stream below stays open.</summary>
    /// <exception cref="InvalidDataException">It is UTF-16, or compressed and broken.</exception>
    public static async Task<Stream> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var first = await BeginningAsync(stream, 2, cancellationToken);
        Stream bytes = new PrefixedStream(first, stream);
        if (first is [0x1F, 0x8B]) bytes = new WholeGzipStream(bytes);
        var mark = await BeginningAsync(bytes, 3, cancellationToken);
        if (mark is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            await bytes.DisposeAsync();
            throw new InvalidDataException("the file is UTF-16; expected UTF-8");
        }
        return mark is [0xEF, 0xBB, 0xBF] ? bytes : new PrefixedStream(mark, bytes);
    }

    private static async Task<byte[]> BeginningAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        return bytes[..await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellationToken)];
    }

    /// <summary>Bytes that were looked at already, and the rest of their stream.</summary>
    private sealed class PrefixedStream(byte[] prefix, Stream rest) : Stream
    {
        private int position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => position < prefix.Length ? Prefix(buffer) : rest.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            position < prefix.Length ? ValueTask.FromResult(Prefix(buffer.Span)) : rest.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            // Only what this file opened itself is closed: the caller's stream stays his.
            if (disposing && rest is WholeGzipStream) rest.Dispose();
            base.Dispose(disposing);
        }

        private int Prefix(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, prefix.Length - position);
            prefix.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }
}
