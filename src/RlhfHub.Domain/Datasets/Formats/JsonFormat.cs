using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>A format whose records are JSON objects, one a line or in one array. A format of its own is the two functions that read and write one
/// record.</summary>
internal sealed class JsonFormat : DatasetFormat
{
    /// <summary>How deep a record may be nested.</summary>
    internal const int MaxDepth = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    /// <inheritdoc/>
    public override bool HasArrays => true;

    /// <summary>The examples of one record; throws <see cref="BadRecordException"/>.</summary>
    public required Func<JsonRecord, IEnumerable<Example>> Read { get; init; }

    /// <summary>Writes the fields of one example but for those that all have; throws <see cref="CannotCarryException"/>.</summary>
    public required Action<JsonExampleWriter, Example> Write { get; init; }

    /// <summary>Whether an object looks like one of its records.</summary>
    public required Func<JsonElement, bool> LooksLike { get; init; }

    /// <summary>The names that have a meaning in it: no extra field may bear one.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>The field that holds the example's id.</summary>
    public string IdField { get; init; } = "id";

    /// <inheritdoc/>
    public override string? ReasonAgainst(Example example)
    {
        if (ReasonAgainstKind(example) is { } reason) return reason;
        using var writer = new Utf8JsonWriter(Stream.Null, Written);
        return TryWrite(writer, example);
    }

    internal override bool Looks(DatasetSample sample) => sample.Objects is { Count: > 0 } objects && objects.All(LooksLike);

    private protected override async IAsyncEnumerable<ImportRow> ReadAsync(Stream stream, ImportOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream? text = null;
        string? broken = null;
        try
        {
            text = await DatasetStream.OpenAsync(stream, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            broken = error.Message.TrimEnd('.');
        }
        if (text is null)
        {
            yield return new(1, 1, null, $"Line 1: the file cannot be read: {broken}.");
            yield break;
        }
        await using var opened = text;
        using var reader = new JsonRecordReader(text, options.MaxRecordBytes);
        while (true)
        {
            var hasMore = false;
            try
            {
                hasMore = await reader.ReadAsync(cancellationToken);
            }
            catch (InvalidDataException error)
            {
                broken = error.Message.TrimEnd('.');
            }
            if (broken is not null)
            {
                var line = Math.Max(1, reader.Line);
                yield return new(reader.Record + 1, line, null, $"Line {line}: the file cannot be read any further: {broken}.");
                yield break;
            }
            if (!hasMore) yield break;
            if (reader.Record <= options.SkipRecords) continue;
            var (examples, problem, isSyntax) = Parse(reader.Bytes, options);
            foreach (var example in examples) yield return new(reader.Record, reader.Line, example, null);
            if (problem is null) continue;
            var place = reader.IsArray ? $"Line {reader.Line} (item {reader.Record})" : $"Line {reader.Line}";
            yield return new(reader.Record, reader.Line, null, $"{place}: {problem}.");
            // What is no JSON may have misled the search for the item's end, too.
            if (reader.IsArray && isSyntax) yield break;
        }
    }

    private protected override async Task<ExportResult> WriteAsync(IAsyncEnumerable<Example> examples, Stream stream, ExportOptions options, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        await using var writer = new Utf8JsonWriter(buffer, Written);
        var written = 0L;
        var sound = 0;   // where the last whole example ends
        string? refusal = null;
        if (options.IsArray) buffer.Write("["u8);
        await foreach (var example in examples.WithCancellation(cancellationToken))
        {
            var before = buffer.WrittenCount;
            sound = before;
            if (options.IsArray) buffer.Write(written == 0 ? "\n"u8 : ",\n"u8);
            refusal = ReasonAgainstKind(example) ?? TryWrite(writer, example);
            if (refusal is null && buffer.WrittenCount - before > new ImportOptions().MaxRecordBytes)
                refusal = "The example takes more than 16 MiB, which no import would accept; expected less.";
            if (refusal is not null)
            {
                refusal = $"Example {written + 1}: {refusal}";
                break;
            }
            writer.Reset();
            if (!options.IsArray) buffer.Write("\n"u8);
            written++;
            if (buffer.WrittenCount < 48 * 1024) continue;
            await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
            if (buffer.Capacity > 1024 * 1024) buffer = ReplaceBuffer(writer);
            else buffer.ResetWrittenCount();
        }
        if (refusal is not null)
        {
            await stream.WriteAsync(buffer.WrittenMemory[..sound], cancellationToken);
            return new(written, refusal);
        }
        if (options.IsArray) buffer.Write("\n]\n"u8);
        await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return new(written, refusal);
    }

    // One long record should not keep its megabytes for the rest of the file.
    private static ArrayBufferWriter<byte> ReplaceBuffer(Utf8JsonWriter writer)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        writer.Reset(buffer);
        return buffer;
    }

    private string? TryWrite(Utf8JsonWriter json, Example example)
    {
        try
        {
            json.WriteStartObject();
            var writer = new JsonExampleWriter(json, example, this);
            Write(writer, example);
            writer.Finish();
            json.WriteEndObject();
            json.Flush();
            return null;
        }
        catch (CannotCarryException reason)
        {
            return reason.Message;
        }
        catch (InvalidOperationException) when (json.CurrentDepth >= MaxDepth - 1)
        {
            return $"The example is nested more than {MaxDepth} levels deep in {DisplayName}; expected fewer.";
        }
    }

    private (IReadOnlyList<Example> Examples, string? Problem, bool IsSyntax) Parse(ReadOnlyMemory<byte>? bytes, ImportOptions options)
    {
        if (bytes is not { } json) return ([], $"the record is longer than {options.MaxRecordBytes:N0} bytes; expected a shorter one", false);
        if (!Utf8.IsValid(json.Span)) return ([], "the record is not valid UTF-8; expected text in UTF-8", false);
        if (HasHalfCharacter(json.Span)) return ([], "an escape names half a surrogate pair, which is no character; expected both halves", false);
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object && !(root.ValueKind == JsonValueKind.Array && LooksLike(root)))
                return ([], $"{Snippet(root)} is no object; expected one such as {ExampleLine}", false);
            var examples = Read(new JsonRecord(root, IdField)).ToList();
            foreach (var example in examples)
                if (ExampleRules.Problem(example) is { } problem) return ([], problem, false);
            return (examples, null, false);
        }
        catch (BadRecordException error)
        {
            return ([], error.Message, false);
        }
        catch (JsonException error)
        {
            return Diagnosis(json, error);
        }
    }

    private static (IReadOnlyList<Example>, string, bool) Diagnosis(ReadOnlyMemory<byte> json, JsonException error)
    {
        try
        {
            using var deep = JsonDocument.Parse(json, new() { MaxDepth = int.MaxValue });
        }
        catch (JsonException)
        {
            return ([], $"the record is no valid JSON (byte {error.BytePositionInLine + 1}); expected one whole object", true);
        }
        try
        {
            using var repeating = JsonDocument.Parse(json, new() { MaxDepth = MaxDepth });
            return ([], "a field is there twice in one object; expected each name once", false);
        }
        catch (JsonException)
        {
            return ([], $"the record is nested more than {MaxDepth} levels deep; expected fewer", false);
        }
    }

    /// <summary>Whether an escape such as <c>\ud83d</c> stands without its other half. Such a text is refused: no file could hold it again.</summary>
    internal static bool HasHalfCharacter(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        catch (JsonException)
        {
            return false;   // told when it is parsed
        }
    }

    internal static string Snippet(JsonElement value)
    {
        var raw = value.GetRawText();
        if (raw.Length <= 40) return raw;
        var length = char.IsHighSurrogate(raw[36]) ? 36 : 37;
        return $"{raw.AsSpan(0, length)}…";
    }
}
