using System.Buffers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace RlhfHub.Training.Runs;

/// <summary>One frozen input of a run.</summary>
public sealed partial record RunDataFile
{
    /// <summary>Where it lies below <c>data/</c>, with forward slashes.</summary>
    public required string Path { get; init; }

    /// <summary>What it is for: <c>train</c>, <c>validation</c>, <c>prompts</c> …; several files may share a role.</summary>
    public required string Role { get; init; }

    /// <summary>SHA-256 of its bytes, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many of its lines are not blank.</summary>
    public required long Rows { get; init; }

    /// <summary>The entry for a file that lies below <c>data/</c> already.</summary>
    /// <exception cref="InvalidInputException">The file is missing or not below <c>data/</c>.</exception>
    public static RunDataFile Describe(RunFolder folder, string path, string role)
    {
        var entry = new RunDataFile { Path = path, Role = role, Sha256 = new string('0', 64), Rows = 0 };
        if ((entry.FindFaults("data").FirstOrDefault() ?? entry.FindPlaceFault(folder)) is { } fault) throw new InvalidInputException(fault);
        var (sha256, rows) = Measure(entry.FullPath(folder));
        return entry with { Sha256 = sha256, Rows = rows };
    }

    /// <summary>Where the file lies.</summary>
    public string FullPath(RunFolder folder) => System.IO.Path.Combine([folder.DataFolder, .. Path.Split('/')]);

    /// <summary>What is wrong with the entry itself, before any file is looked at.</summary>
    internal IEnumerable<string> FindFaults(string field)
    {
        if (Path.Contains('\\') || Path.Any(char.IsControl) || System.IO.Path.IsPathRooted(Path) || Path.Split('/').Any(part => part is "" or "." or ".."))
            yield return $"'{field}.path' is {Shown(Path)}; expected a relative path below data/, such as \"train.jsonl\".";
        if (!RoleForm().IsMatch(Role)) yield return $"'{field}.role' is {Shown(Role)}; expected a lower-case word such as train, validation or prompts.";
        if (!HashForm().IsMatch(Sha256)) yield return $"'{field}.sha256' is {Shown(Sha256)}; expected 64 lower-case hexadecimal digits.";
        if (Rows < 0) yield return $"'{field}.rows' is {Rows}; expected 0 or more.";
    }

    /// <summary>What is wrong with the file that the entry names; null when it is the one that was frozen.</summary>
    internal string? FindDamage(RunFolder folder)
    {
        if (FindPlaceFault(folder) is { } fault) return fault;
        var (sha256, rows) = Measure(FullPath(folder));
        if (sha256 != Sha256) return $"{FullPath(folder)} was changed since the run was made: its SHA-256 is {sha256}; run.json says {Sha256}.";
        return rows == Rows ? null : $"{FullPath(folder)} has {rows} rows; run.json says {Rows}.";
    }

    private string? FindPlaceFault(RunFolder folder)
    {
        var place = folder.DataFolder;
        foreach (var part in Path.Split('/').Prepend(""))
        {
            place = System.IO.Path.Combine(place, part);
            // A link may lead anywhere, and to something else tomorrow.
            if (new FileInfo(place).LinkTarget is not null) return $"{place} is a link; expected a file or folder of the run itself.";
        }
        return File.Exists(place) ? null : $"{place} was not found; run.json lists it for '{Role}'.";
    }

    private static (string Sha256, long Rows) Measure(string file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        long rows = 0;
        var isLineBlank = true;
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            foreach (var value in buffer.AsSpan(0, read))
            {
                if (value == '\n') isLineBlank = true;
                else if (isLineBlank && value is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
                {
                    isLineBlank = false;
                    rows++;
                }
            }
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), rows);
    }

    private static string Shown(string text) => RecordBinder.Shown(System.Text.Json.Nodes.JsonValue.Create(text));

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*\z")]
    private static partial Regex RoleForm();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex HashForm();
}
