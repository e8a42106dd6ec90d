using System.Text;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Bpe;
using RlhfHub.Training.Tokenization.Decoders;
using RlhfHub.Training.Tokenization.Normalizers;
using RlhfHub.Training.Tokenization.PostProcessors;
using RlhfHub.Training.Tokenization.PreTokenizers;

namespace RlhfHub.Training.Tokenization;

/// <summary>
/// Text to token ids and back, as a <c>tokenizer.json</c> in Hugging Face's format says: normalize, split, byte pair encoding, special tokens around it.
/// https://huggingface.co/docs/tokenizers. Safe to use from several threads at once.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenTable tokens;
    private readonly INormalizer? normalizer;
    private readonly IPreTokenizer? preTokenizer;
    private readonly BpeModel model;
    private readonly IPostProcessor? postProcessor;
    private readonly IDecoder decoder;
    private readonly SpecialTokens special;
    private readonly AddedTokenMatcher? rawMatcher;
    private readonly AddedTokenMatcher? normalizedMatcher;
    private readonly Dictionary<int, string> normalizedContents = [];
    private readonly HashSet<int> specialIds;

    private Tokenizer(JsonSection file, SpecialTokens special)
    {
        this.special = special;
        normalizer = NormalizerCatalog.All.ReadOptional(file.Find("normalizer"));
        preTokenizer = PreTokenizerCatalog.All.ReadOptional(file.Find("pre_tokenizer"));
        model = BpeModelReader.Read(file.Require("model"), out var vocabulary);
        // The model keeps its own vocabulary: added tokens are none of its pieces.
        tokens = new TokenTable(new Dictionary<string, int>(vocabulary, StringComparer.Ordinal));
        var added = AddedTokenReader.Read(file.Find("added_tokens"), tokens);
        AddedTokens = added;
        VocabularySize = tokens.Size;
        postProcessor = PostProcessorCatalog.All.ReadOptional(file.Find("post_processor"));
        decoder = DecoderCatalog.All.ReadOptional(file.Find("decoder")) ?? new SpacedDecoder();
        specialIds = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
        foreach (var token in added)
        {
            if (token.IsNormalized && normalizer is not null) normalizedContents[token.Id] = normalizer.Normalize(token.Content);
        }
        rawMatcher = Matcher(added.Where(token => !token.IsNormalized).Select(token => (token.Content, token)));
        normalizedMatcher = Matcher(added.Where(token => token.IsNormalized).Select(token => (normalizedContents.GetValueOrDefault(token.Id, token.Content), token)));
    }

    /// <summary>The largest id and one: how many rows a model's embedding needs at least.</summary>
    public int VocabularySize { get; }

    /// <summary>The tokens that are found in the text as they stand, in the file's order.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>The most tokens the model takes (<c>model_max_length</c>), or null when the folder does not say.</summary>
    public int? MaxLength => special.MaxLength;

    /// <summary>The token that begins a text, or null.</summary>
    public string? BosToken => special.Bos;

    /// <summary>The token that ends a text or a turn, or null.</summary>
    public string? EosToken => special.Eos;

    /// <summary>The token that fills up rows of a batch, or null.</summary>
    public string? PadToken => special.Pad;

    /// <summary>The token for characters that have none, or null.</summary>
    public string? UnknownToken => special.Unknown ?? (model.UnknownId is { } id ? TokenOf(id) : null);

    /// <summary>The id of <see cref="BosToken"/>; null when there is none or it is not in the vocabulary.</summary>
    public int? BosId => IdOfOptional(BosToken);

    /// <summary>The id of <see cref="EosToken"/>; null when there is none or it is not in the vocabulary.</summary>
    public int? EosId => IdOfOptional(EosToken);

    /// <summary>The id of <see cref="PadToken"/>; null when there is none or it is not in the vocabulary.</summary>
    public int? PadId => IdOfOptional(PadToken);

    /// <summary>The id of <see cref="UnknownToken"/>; null when there is none or it is not in the vocabulary.</summary>
    public int? UnknownId => IdOfOptional(UnknownToken);

    /// <summary>Reads <c>tokenizer.json</c> of a model folder, and <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> where they are there.</summary>
    /// <exception cref="ModelFileException">A file is missing, broken, or asks for something that is not supported.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var special = ReadSpecialTokens(Path.Combine(folder, "tokenizer_config.json")).Or(ReadSpecialTokens(Path.Combine(folder, "special_tokens_map.json")));
        return new Tokenizer(TokenizerJson.ReadFile(Path.Combine(folder, "tokenizer.json")), special);
    }

    /// <summary>Reads the text of a <c>tokenizer.json</c>.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="source">What messages call the file.</param>
    /// <exception cref="ModelFileException">The text is broken or asks for something that is not supported.</exception>
    public static Tokenizer Parse(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new Tokenizer(TokenizerJson.Read(Encoding.UTF8.GetBytes(json), source), new SpecialTokens());
    }

    /// <summary>Turns text into ids. Halves of surrogate pairs count as U+FFFD.</summary>
    /// <param name="text">The text; special tokens in it are found as such.</param>
    /// <param name="addSpecialTokens">Whether the tokens that the file puts around a text are added.</param>
    /// <exception cref="ModelFileException">The file's own pattern or normalizer runs out of bounds on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormed(text);
        var ids = new List<int>(text.Length / 3 + 8);
        foreach (var (token, start, end) in Split(rawMatcher, text))
        {
            if (token is not null) ids.Add(token.Id);
            else EncodeSection(text[start..end], startsInput: start == 0, ids);
        }
        if (addSpecialTokens && postProcessor is not null) ids = postProcessor.Process(ids);
        return [.. ids];
    }

    /// <summary>Turns ids into text. Ids that stand for no token are left out; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids in order.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var stream = CreateStreamingDecoder(skipSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids) text.Append(stream.Push(id));
        return text.Append(stream.Flush()).ToString();
    }

    /// <summary>A decoder for ids that come one at a time, as a model generates them.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(this, decoder, skipSpecialTokens);

    /// <summary>The bytes of a token's text in UTF-8. A token may hold a part of a character: its text alone is then U+FFFD, and these are what it adds.</summary>
    /// <param name="id">The token; of an unknown one there are none.</param>
    public byte[] BytesOf(int id)
    {
        if (TokenToDecode(id) is not { } token) return [];
        var text = Decode([id], skipSpecialTokens: false);
        if (!text.Contains('\uFFFD', StringComparison.Ordinal)) return Encoding.UTF8.GetBytes(text);
        return ByteFallbackDecoder.ByteOf(token) is { } single ? [single] : ByteLevelDecoder.BytesOf(token);
    }

    /// <summary>The id of a token by its exact spelling in the vocabulary, or null.</summary>
    public int? IdOf(string token) => tokens.IdOf(token);

    /// <summary>The spelling of a token in the vocabulary, or null when no token has this id.</summary>
    public string? TokenOf(int id) => tokens.TokenOf(id);

    /// <summary>Whether an id is that of a special token, which marks structure and is not text.</summary>
    public bool IsSpecial(int id) => specialIds.Contains(id);

    // A token that was found by its normalized form goes through the decoder in that form, which then undoes it.
    internal string? TokenToDecode(int id) => normalizedContents.TryGetValue(id, out var content) ? content : tokens.TokenOf(id);

    private void EncodeSection(string section, bool startsInput, List<int> ids)
    {
        if (normalizer is not null) section = normalizer.Normalize(section);
        foreach (var (token, start, end) in Split(normalizedMatcher, section))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }
            List<TextPiece> pieces = [new TextPiece(section, start, end - start, startsInput && start == 0)];
            if (preTokenizer is not null) pieces = preTokenizer.Split(pieces);
            foreach (var piece in pieces) model.Encode(piece.Span, ids);
        }
    }

    private static List<(AddedToken? Token, int Start, int End)> Split(AddedTokenMatcher? matcher, string text) =>
        matcher?.Split(text) ?? [(null, 0, text.Length)];

    private static AddedTokenMatcher? Matcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var all = tokens.ToArray();
        return all.Length == 0 ? null : new AddedTokenMatcher(all);
    }

    private static SpecialTokens ReadSpecialTokens(string path) => File.Exists(path) ? SpecialTokens.Read(TokenizerJson.ReadFile(path)) : new SpecialTokens();

    private int? IdOfOptional(string? token) => token is null ? null : IdOf(token);

    private static string WellFormed(string text)
    {
        var isWell = true;
        for (var i = 0; i < text.Length && isWell; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            isWell = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            i++;
        }
        if (isWell) return text;
        var mended = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) mended.Append(rune);
        return mended.ToString();
    }
}
