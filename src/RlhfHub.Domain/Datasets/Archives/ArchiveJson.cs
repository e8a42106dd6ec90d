using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Archive records as JSON: <c>{"record":"response","id":"…","promptId":"…","text":"Blue."}</c>. Strict in reading: a field that nobody knows would be lost without a word.</summary>
internal static class ArchiveJson
{
    /// <summary>All kinds of record by the names that files give them, in the order in which they come.</summary>
    public static readonly IReadOnlyList<(string Name, Type Type)> Kinds =
    [
        ("archive", typeof(HeaderRecord)), ("project", typeof(ProjectRecord)), ("person", typeof(PersonRecord)), ("guidelines", typeof(GuidelinesRecord)), ("import", typeof(ImportRecord)),
        ("prompt", typeof(PromptRecord)), ("response", typeof(ResponseRecord)), ("task", typeof(TaskRecord)), ("assignment", typeof(AssignmentRecord)), ("judgment", typeof(JudgmentRecord)),
        ("revision", typeof(RevisionRecord)), ("importedRecord", typeof(SourceRecord)), ("snapshot", typeof(SnapshotRecord)), ("snapshotJudgment", typeof(ChosenRecord)), ("end", typeof(EndRecord)),
    ];

    private static readonly Dictionary<Type, int> Places = Kinds.Select((kind, place) => (kind.Type, place)).ToDictionary(kind => kind.Type, kind => kind.place);

    private static readonly JsonSerializerOptions Options = MakeOptions();

    /// <summary>The record's kind as its place in <see cref="Kinds"/>.</summary>
    public static int PlaceOf(ArchiveRecord record) => Places[record.GetType()];

    /// <summary>The record's line, without its end.</summary>
    public static byte[] Write(ArchiveRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, Options);

    /// <summary>The record of a line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ArchiveRecord Read(ReadOnlySpan<byte> line) => JsonSerializer.Deserialize<ArchiveRecord>(line, Options) ?? throw new JsonException("it is 'null'");

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(JsonText.Options)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds, LetNullsMiss } },
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        options.Converters.Clear();
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Type != typeof(ArchiveRecord)) return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "record", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization };
        foreach (var (name, type) in Kinds) info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, name));
    }

    // What is null is not written, in records that the platform keeps as JSON too.
    private static void LetNullsMiss(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
            if (property.IsGetNullable) property.IsRequired = false;
    }
}
