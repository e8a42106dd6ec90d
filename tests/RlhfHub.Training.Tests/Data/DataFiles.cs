using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Tests.Data;

/// <summary>Files of one test, and what reading them gives.</summary>
internal sealed class DataFiles : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string this[string name] => folder[name];

    public string Write(string name, params string[] lines)
    {
        File.WriteAllLines(folder[name], lines);
        return folder[name];
    }

    public IReadOnlyList<TRow> Read<TRow>(DatasetFormat<TRow> format, params string[] lines)
        where TRow : DatasetRow => DatasetFile.Read(Write("data.jsonl", lines), format, new() { Labels = ["rude", "polite"] });

    /// <summary>The message that the lines are refused with, without the folder.</summary>
    public string Refusal<TRow>(DatasetFormat<TRow> format, params string[] lines)
        where TRow : DatasetRow => Assert.Throws<InvalidInputException>(() => Read(format, lines)).Message.Replace(folder.Path + Path.DirectorySeparatorChar, "");

    public static TRow One<TRow>(DatasetFormat<TRow> format, string line)
        where TRow : DatasetRow
    {
        using var files = new DataFiles();
        return files.Read(format, line).Single();
    }

    public void Dispose() => folder.Dispose();
}
