namespace RlhfHub.Training.Data;

/// <summary>The lines of a file, gzip-compressed or not, as bytes: a line that is broken must not hide those after it.</summary>
internal static class LineFile
{
    // No example is that long; a file without line breaks, or an archive made to swell, must not fill the memory.
    private const int LongestLineBytes = 64 << 20;

    /// <summary>Every line that is not blank.</summary>
    /// <exception cref="InvalidInputException">The file is missing, cannot be decompressed, or holds an endless line.</exception>
    public static IEnumerable<(ReadOnlyMemory<byte> Bytes, LinePlace Place)> Read(string file)
    {
        if (!File.Exists(file)) throw new InvalidInputException($"{file} was not found; expected a file with one JSON object a line.");
        using var stream = Open(file, out var isGzip);
        var buffer = new byte[1 << 16];
        var (filled, number) = (0, 1);
        var isFirst = true;
        while (true)
        {
            var read = Fill(stream, buffer.AsSpan(filled), file, number);
            if (isFirst && filled + read >= 3 && buffer.AsSpan().StartsWith("\uFEFF"u8)) buffer.AsSpan(0, 3).Fill((byte)' ');
            isFirst = false;
            filled += read;
            var start = 0;
            for (var end = buffer.AsSpan(0, filled).IndexOf((byte)'\n'); end >= 0;)
            {
                if (!IsBlank(buffer.AsSpan(start, end))) yield return (buffer.AsMemory(start, end), new(file, number));
                number++;
                start += end + 1;
                end = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n');
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (read == 0) break;
            if (filled > LongestLineBytes) throw new InvalidInputException($"{file} line {number}: the line is longer than {LongestLineBytes >> 20} MiB; expected one JSON object a line.");
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }
        if (isGzip)
        {
            if (!GzipFile.IsWhole(buffer.AsSpan(0, filled))) throw Broken(file, number, null);
        }
        else if (!IsBlank(buffer.AsSpan(0, filled))) yield return (buffer.AsMemory(0, filled), new(file, number));
    }

    private static Stream Open(string file, out bool isGzip)
    {
        var stream = File.OpenRead(file);
        isGzip = stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
        stream.Position = 0;
        return isGzip ? GzipFile.Open(stream) : stream;
    }

    // Fills the whole span where the file goes on: a decompressor hands out little at a time.
    private static int Fill(Stream stream, Span<byte> space, string file, int number)
    {
        try
        {
            return stream.ReadAtLeast(space, space.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw Broken(file, number, error);
        }
    }

    private static InvalidInputException Broken(string file, int number, Exception? error) =>
        new($"{file} line {number} or later: the gzip file is broken; expected a whole one.", error);

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.TrimStart(" \t\r"u8).IsEmpty;
}
