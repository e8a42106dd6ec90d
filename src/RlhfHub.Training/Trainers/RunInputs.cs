using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Splits;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>What a run reads before any weights: the base model's config, tokenizer and chat template, and by them its data as tokens.</summary>
internal sealed class RunInputs
{
    private readonly RunSession session;

    public RunInputs(RunSession session)
    {
        this.session = session;
        Folder = session.Folder.Resolve(session.Spec.BaseModel ?? throw new InvalidInputException($"{session.Folder.SpecFile}: 'baseModel' is missing; expected a folder with config.json and tokenizer.json."));
        Config = ModelConfig.Load(Folder);
        Tokenizer = TextModel.LoadTokenizer(Folder, Config);
        Template = ChatTemplate.Load(Folder);
        EndIds = EndTokens.Of(Folder, Config, Tokenizer);
    }

    public string Folder { get; }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public ChatTemplate? Template { get; }

    public IReadOnlyList<int> EndIds { get; }

    public int PadId => Padding.IdOf(Tokenizer);

    public ScalarType? DType => ModelDType.Parse(session.Spec.DType);

    /// <summary>Texts to imitate. Which of the two formats a file has, its first line says.</summary>
    public IReadOnlyList<TokenSequence> Sequences(string role, TokenizationOptions options)
    {
        var encoder = Encoder(options);
        return Examples(role, options, file => Has(file, "completion")
            ? TokenizedDataset<TokenSequence>.Of(DatasetFile.Read(file, PromptCompletion.Format), encoder.Encode)
            : TokenizedDataset<TokenSequence>.Of(DatasetFile.Read(file, LanguageModeling.Format), encoder.Encode));
    }

    /// <summary>Pairs; of a file of rankings every two replies of which one is better.</summary>
    public IReadOnlyList<TokenPair> Pairs(string role, TokenizationOptions options)
    {
        var encoder = Encoder(options);
        return Examples(role, options, file => TokenizedDataset<TokenPair>.Of(PairRows(file), encoder.Encode));
    }

    /// <summary>Rankings; a pair of a file of pairs is a ranking of two.</summary>
    public IReadOnlyList<TokenRanking> Rankings(string role, TokenizationOptions options)
    {
        var encoder = Encoder(options);
        return Examples(role, options, file => TokenizedDataset<TokenRanking>.Of(RankingRows(file), encoder.Encode));
    }

    /// <summary>Texts with their classes.</summary>
    public IReadOnlyList<TokenClass> Classes(string role, TokenizationOptions options, IReadOnlyList<string> labels)
    {
        var encoder = Encoder(options);
        return Examples(role, options, file => TokenizedDataset<TokenClass>.Of(DatasetFile.Read(file, Classification.Format, new() { Labels = labels }), encoder.Encode));
    }

    /// <summary>Whether the first line of the first file of a role has a field.</summary>
    public bool FirstLineHas(string role, string field) => session.Spec.DataFiles(session.Folder, role) is [var file, ..] && Has(file, field);

    /// <summary>Throws when a prompt is both learned from and measured on, which would flatter every figure.</summary>
    /// <exception cref="InvalidInputException">One is.</exception>
    public void RefuseLeaks(Func<string, IReadOnlyList<DatasetRow>> read)
    {
        IReadOnlyList<DatasetRow> All(string role) => [.. session.Spec.DataFiles(session.Folder, role).SelectMany(read)];
        if (PromptLeak.Find(All("train"), All("validation")) is { } leak) throw new InvalidInputException(leak.Message);
    }

    /// <summary>The rows of a file of pairs or rankings, as either.</summary>
    public static IReadOnlyList<DatasetRow> PreferenceRows(string file) => IsRanking(file) ? DatasetFile.Read(file, Ranking.Format) : DatasetFile.Read(file, Preference.Format);

    private IReadOnlyList<T> Examples<T>(string role, TokenizationOptions options, Func<string, TokenizedDataset<T>> read) where T : class
    {
        var files = session.Spec.DataFiles(session.Folder, role);
        if (role == "train" && files.Count == 0) throw new InvalidInputException($"{session.Folder.SpecFile}: 'data' has no file with the role 'train'; expected at least one.");
        return [.. files.SelectMany(file => Told(file, read(file), options))];
    }

    /// <summary>The examples, after the log was told how many are missing.</summary>
    private IReadOnlyList<T> Told<T>(string file, TokenizedDataset<T> data, TokenizationOptions options) where T : class
    {
        if (data.Dropped > 0)
        {
            var limit = LengthLimit(options);
            var reason = options.TruncationMode == TruncationMode.Drop ? $"longer than {limit} tokens" : $"nothing to learn in their first {limit} tokens";
            session.Log.Append(new LogEvent($"{Path.GetFileName(file)}: {data.Dropped} of {data.Dropped + data.Examples.Count} examples were dropped: {reason}.", RunLogLevel.Warning));
        }
        return data.Examples;
    }

    private ExampleTokenizer Encoder(TokenizationOptions options) => new(Tokenizer, Template, options with { MaxLength = LengthLimit(options) });

    private int LengthLimit(TokenizationOptions options) => Math.Min(options.MaxLength ?? Config.ContextLength, Config.ContextLength);

    private static IReadOnlyList<PreferenceRow> PairRows(string file)
    {
        if (!IsRanking(file)) return DatasetFile.Read(file, Preference.Format);
        PreferenceRow[] pairs = [.. DatasetFile.Read(file, Ranking.Format).SelectMany(row => row.Pairs())];
        return pairs.Length > 0 ? pairs : throw new InvalidInputException($"{file}: all replies of every ranking are tied; expected some that are better than others.");
    }

    private static IReadOnlyList<RankingRow> RankingRows(string file) =>
        IsRanking(file) ? DatasetFile.Read(file, Ranking.Format) : [.. DatasetFile.Read(file, Preference.Format).Select(AsRanking)];

    private static RankingRow AsRanking(PreferenceRow row) => row is { Margin: null, SoftLabel: null }
        ? new(row.Prompt, [row.Chosen, row.Rejected], [1, 2], row.Place)
        : throw new InvalidInputException($"{row.Place}: a pair with 'margin' or 'preference' cannot be used beside rankings; expected rankings, or pairs without them.");

    private static bool IsRanking(string file) => Has(file, "responses");

    private static bool Has(string file, string field) => JsonLines.Read(file).FirstOrDefault()?.Has(field) ?? false;
}
