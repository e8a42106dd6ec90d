using System.Text;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Tests.Datasets;

/// <summary>Files in memory, as the tests read and write them.</summary>
internal static class DatasetFiles
{
    public static async Task<List<ImportRow>> ReadAsync(this DatasetFormat format, byte[] file, ImportOptions? options = null)
    {
        using var stream = new MemoryStream(file);
        var rows = new List<ImportRow>();
        await foreach (var row in format.ImportAsync(stream, options)) rows.Add(row);
        return rows;
    }

    public static Task<List<ImportRow>> ReadAsync(this DatasetFormat format, string text, ImportOptions? options = null) => format.ReadAsync(Encoding.UTF8.GetBytes(text), options);

    public static async Task<(byte[] File, ExportResult Result)> WriteAsync(this DatasetFormat format, IEnumerable<Example> examples, ExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        var result = await format.ExportAsync(examples.ToAsyncEnumerable(), stream, options);
        return (stream.ToArray(), result);
    }

    /// <summary>Writes examples and reads them again: they must be the same.</summary>
    public static async Task AssertComesBackAsync(this DatasetFormat format, IReadOnlyList<Example> examples, ExportOptions? options = null)
    {
        var (file, result) = await format.WriteAsync(examples, options);
        Assert.Null(result.Refusal);
        Assert.Equal(examples.Count, result.Written);
        var rows = await format.ReadAsync(file);
        for (var i = 0; i < Math.Min(rows.Count, examples.Count); i++)
            if (!examples[i].Equals(rows[i].Example)) Assert.Fail($"{format}, example {i + 1}: {rows[i].Error}\nout  {Brief(examples[i])}\nback {Brief(rows[i].Example)}");
        Assert.Equal(examples.Count, rows.Count);
    }

    private static string Brief(Example? example) => $"{example}" is { Length: > 1500 } text ? text[..1500] + "…" : $"{example}";
}
