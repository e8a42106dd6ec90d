namespace RlhfHub.Training.Tokenization;

/// <summary>The kinds of one part of the pipeline, by the name that files give them.</summary>
/// <param name="part">What the part is called in messages.</param>
/// <param name="readers">Makes each kind from its section of the file.</param>
internal sealed class PartCatalog<TPart>(string part, Dictionary<string, Func<JsonSection, TPart>> readers)
    where TPart : class
{
    /// <summary>Reads the part, or null when the file has none.</summary>
    public TPart? ReadOptional(JsonSection? section) => section is { IsNull: false } present ? Read(present) : null;

    public TPart Read(JsonSection section)
    {
        var kind = section.Kind();
        return readers.TryGetValue(kind, out var read)
            ? read(section)
            : throw section.Error($"is a {part} of the kind '{Shortened(kind)}'; supported are {string.Join(", ", readers.Keys)}");
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
