using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RlhfHub.Training.Tokenization;

/// <summary>A vocabulary that <see cref="BpeTrainer"/> learned.</summary>
public sealed class TrainedTokenizer
{
    private readonly BpeTrainerOptions options;

    internal TrainedTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges, BpeTrainerOptions options)
    {
        Tokens = tokens;
        Merges = merges;
        this.options = options;
    }

    /// <summary>The tokens by id: special tokens, the 256 bytes as visible characters, then what was learned.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The merges in the order in which they were learned.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>The text of <c>tokenizer.json</c>, which Hugging Face's libraries load as well.</summary>
    public string ToTokenizerJson() => Write(writer =>
    {
        writer.WriteString("version", "1.0");
        writer.WriteNull("truncation");
        writer.WriteNull("padding");
        WriteAddedTokens(writer);
        writer.WriteNull("normalizer");
        WriteRaw(writer, "pre_tokenizer", new
        {
            type = "Sequence",
            pretokenizers = new object[]
            {
                new { type = "Split", pattern = new { Regex = options.Pattern }, behavior = "Isolated", invert = false },
                new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = false },
            },
        });
        WritePostProcessor(writer);
        WriteRaw(writer, "decoder", new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true });
        WriteModel(writer);
    });

    /// <summary>The text of <c>tokenizer_config.json</c>.</summary>
    public string ToConfigJson() => Write(writer =>
    {
        writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        writer.WriteString("bos_token", options.BosToken);
        writer.WriteString("eos_token", options.EosToken);
        writer.WriteString("pad_token", options.PadToken);
        writer.WriteNull("unk_token");
        if (options.MaxLength is { } length) writer.WriteNumber("model_max_length", length);
        writer.WriteBoolean("clean_up_tokenization_spaces", false);
    });

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> into a folder, which is made where it is missing.</summary>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), ToTokenizerJson());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), ToConfigJson());
    }

    private void WriteAddedTokens(Utf8JsonWriter writer) =>
        WriteRaw(writer, "added_tokens", options.SpecialTokens.Select((content, id) =>
            new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }));

    private void WritePostProcessor(Utf8JsonWriter writer)
    {
        if (!options.AddsBosToken)
        {
            writer.WriteNull("post_processor");
            return;
        }
        var bos = options.BosToken!;
        object Special(int type) => new { SpecialToken = new { id = bos, type_id = type } };
        object Sequence(string id, int type) => new { Sequence = new { id, type_id = type } };
        WriteRaw(writer, "post_processor", new
        {
            type = "TemplateProcessing",
            single = new[] { Special(0), Sequence("A", 0) },
            pair = new[] { Special(0), Sequence("A", 0), Special(1), Sequence("B", 1) },
            special_tokens = new Dictionary<string, object> { [bos] = new { id = bos, ids = new[] { IdOf(bos) }, tokens = new[] { bos } } },
        });
    }

    private void WriteModel(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteNull("unk_token");
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteBoolean("ignore_merges", false);
        writer.WriteStartObject("vocab");
        for (var id = 0; id < Tokens.Count; id++) writer.WriteNumber(Tokens[id], id);
        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach (var (left, right) in Merges) writer.WriteStringValue($"{left} {right}");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private int IdOf(string special) => options.SpecialTokens.TakeWhile(token => token != special).Count();

    // Visible as they are: the file is read by people too, and Ġ says more than an escape.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static void WriteRaw(Utf8JsonWriter writer, string key, object value)
    {
        writer.WritePropertyName(key);
        JsonSerializer.Serialize(writer, value);
    }

    private static string Write(Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = Encoder, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
