using System.IO.Compression;

namespace RlhfHub.Training.Data;

/// <summary>Decompresses a gzip file in a way that shows whether it is whole: <see cref="GZipStream"/> takes a cut file for one that ends there.</summary>
internal static class GzipFile
{
    // An archive of its own after the file's: only when the file's archives are whole does it decompress to these words.
    private static readonly byte[] Mark = "the archive was whole"u8.ToArray();
    private static readonly byte[] MarkArchive = Compress([(byte)'\n', .. Mark]);

    /// <summary>The file's content, a line break, and a last line for <see cref="IsWhole"/>.</summary>
    public static Stream Open(FileStream file) => new GZipStream(new Chain(file, new MemoryStream(MarkArchive)), CompressionMode.Decompress);

    /// <summary>Whether this is what the last line must be.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> lastLine) => lastLine.SequenceEqual(Mark);

    private static byte[] Compress(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest)) gzip.Write(content);
        return target.ToArray();
    }

    /// <summary>One stream after the other.</summary>
    private sealed class Chain(Stream first, Stream second) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override int Read(Span<byte> buffer) => first.Read(buffer) is > 0 and var read ? read : second.Read(buffer);
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) first.Dispose();
            base.Dispose(disposing);
        }
    }
}
