using System.Text.Json;

namespace RlhfHub.Training.Tokenization.Bpe;

/// <summary>Reads the <c>model</c> of a tokenizer file: <c>{"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"] or [["a", "b"]]}</c>.</summary>
internal static class BpeModelReader
{
    /// <param name="section">The file's <c>model</c>.</param>
    /// <param name="vocabulary">The tokens and their ids.</param>
    public static BpeModel Read(JsonSection section, out Dictionary<string, int> vocabulary)
    {
        // The oldest files name no type; those with merges are BPE.
        var kind = section.FindString("type") ?? "BPE";
        if (kind != "BPE") throw section.Error($"is of the type '{(kind.Length <= 40 ? kind : kind[..40])}'; supported is BPE");
        if (section.Find("dropout") is { } dropout && !(dropout.Element.ValueKind == JsonValueKind.Number && dropout.Element.TryGetDouble(out var rate) && rate == 0))
            throw dropout.Error("is not 0; encoding at random is not supported");
        vocabulary = ReadVocabulary(section.Require("vocab"));
        var options = ReadOptions(section, vocabulary);
        return new BpeModel(vocabulary, ReadMerges(section.Require("merges"), vocabulary, options), options);
    }

    private static BpeOptions ReadOptions(JsonSection section, Dictionary<string, int> vocabulary)
    {
        int? unknownId = null;
        if (section.Find("unk_token") is { } unknown)
            unknownId = vocabulary.TryGetValue(unknown.AsString(), out var id) ? id : throw unknown.Error("is not in the vocabulary");
        return new BpeOptions
        {
            UnknownId = unknownId,
            FusesUnknown = section.FindBoolean("fuse_unk", false),
            UsesByteFallback = section.FindBoolean("byte_fallback", false),
            PrefersWholePieces = section.FindBoolean("ignore_merges", false),
            ContinuingPrefix = section.FindString("continuing_subword_prefix") ?? "",
            WordSuffix = section.FindString("end_of_word_suffix") ?? "",
        };
    }

    private static Dictionary<string, int> ReadVocabulary(JsonSection section)
    {
        if (section.Element.ValueKind != JsonValueKind.Object) throw section.Error("is not an object of tokens and their ids");
        var count = section.Element.GetPropertyCount();
        var vocabulary = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(count);
        foreach (var property in section.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var id) || id is < 0 or > TokenTable.MaximumId)
                throw section.Error($"gives the token {Quoted(property.Name)} no usable id; expected an integer from 0 to {TokenTable.MaximumId}");
            if (!vocabulary.TryAdd(property.Name, id)) throw section.Error($"has the token {Quoted(property.Name)} twice");
            if (!tokens.TryAdd(id, property.Name)) throw section.Error($"gives the id {id} to both {Quoted(tokens[id])} and {Quoted(property.Name)}");
        }
        if (vocabulary.Count == 0) throw section.Error("is empty; expected tokens and their ids");
        // An embedding has a row for every id: a stray one would make it huge.
        var last = tokens.Keys.Max();
        if (last > 4L * count + 65_536) throw section.Error($"has {count} tokens, but the id {last} for {Quoted(tokens[last])}; ids are expected to be nearly without gaps");
        return vocabulary;
    }

    private static BpeMerges ReadMerges(JsonSection section, Dictionary<string, int> vocabulary, BpeOptions options)
    {
        if (section.Element.ValueKind != JsonValueKind.Array) throw section.Error("is not an array of merges");
        var merges = new BpeMerges(section.Element.GetArrayLength());
        var rank = 0;
        foreach (var element in section.Element.EnumerateArray())
        {
            // merges.txt begins with such a line, and some files carry it over.
            if (element.ValueKind == JsonValueKind.String && element.ValueEquals("#version: 0.2")) continue;
            var (left, right) = ReadPair(element) ?? throw section.Error($"has at place {rank} something other than \"a b\" or [\"a\", \"b\"]");
            if (!right.StartsWith(options.ContinuingPrefix, StringComparison.Ordinal))
                throw section.Error($"has at place {rank} the token {Quoted(right)} without the 'continuing_subword_prefix'");
            var result = left + right[options.ContinuingPrefix.Length..];
            foreach (var token in (ReadOnlySpan<string>)[left, right, result])
            {
                if (!vocabulary.ContainsKey(token)) throw section.Error($"has at place {rank} the token {Quoted(token)}, which is not in the vocabulary");
            }
            merges.Set(vocabulary[left], vocabulary[right], rank, vocabulary[result]);
            rank++;
        }
        return merges;
    }

    private static (string Left, string Right)? ReadPair(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var text = element.GetString()!;
            var space = text.IndexOf(' ');
            return space < 0 || text.IndexOf(' ', space + 1) >= 0 ? null : (text[..space], text[(space + 1)..]);
        }
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 2) return null;
        return element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.String
            ? (element[0].GetString()!, element[1].GetString()!)
            : null;
    }

    private static string Quoted(string token) => token.Length <= 40 ? $"'{token}'" : $"'{token[..40]}...'";
}
