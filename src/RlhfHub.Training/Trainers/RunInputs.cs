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
    private readonly bool isTraining;

    /// <param name="session">The run.</param>
    /// <param name="isTraining">Whether there is something to learn; else only the validation data are read.</param>
    /// <exception cref="InvalidInputException">There is no base model.</exception>
    public RunInputs(RunSession session, bool isTraining = true)
    {
        (this.session, this.isTraining) = (session, isTraining);
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

    private string NeededRole => isTraining ? "train" : "validation";

    /// <summary>Texts to imitate. Which of the two formats a file has, its first line says.</summary>
    /// <param name="options">Limits, and what is learned.</param>
    /// <param name="refusesLeaks">Whether a prompt that is both learned from and measured on is an error. Plain texts have no prompt, and large collections repeat some.</param>
    /// <exception cref="InvalidInputException">A prompt is both learned from and measured on.</exception>
    public RunExamples<TokenSequence> Sequences(TokenizationOptions options, bool refusesLeaks = false) => Examples<DatasetRow, TokenSequence>(
        options, SequenceRows, (encoder, row) => row is PromptCompletionRow pair ? encoder.Encode(pair) : encoder.Encode((LanguageModelingRow)row), refusesLeaks);

    /// <summary>Pairs; of a file of rankings every two replies of which one is better.</summary>
    /// <exception cref="InvalidInputException">A prompt is both learned from and measured on.</exception>
    public RunExamples<TokenPair> Pairs(TokenizationOptions options) => Examples(options, PairRows, (encoder, row) => encoder.Encode(row), refusesLeaks: true);

    /// <summary>Rankings; a pair of a file of pairs is a ranking of two.</summary>
    /// <inheritdoc cref="Pairs"/>
    public RunExamples<TokenRanking> Rankings(TokenizationOptions options) => Examples(options, RankingRows, (encoder, row) => encoder.Encode(row), refusesLeaks: true);

    /// <summary>Texts with their classes.</summary>
    /// <inheritdoc cref="Pairs"/>
    public RunExamples<TokenClass> Classes(TokenizationOptions options, IReadOnlyList<string> labels) =>
        Examples(options, file => DatasetFile.Read(file, Classification.Format, new() { Labels = labels }), (encoder, row) => encoder.Encode(row), refusesLeaks: true);

    /// <summary>Whether the first line of the data to learn, or to measure on, has a field.</summary>
    public bool FirstLineHas(string field) => session.Spec.DataFiles(session.Folder, NeededRole) is [var file, ..] && Has(file, field);

    private RunExamples<T> Examples<TRow, T>(
        TokenizationOptions options, Func<string, IReadOnlyList<TRow>> read, Func<ExampleTokenizer, TRow, T?> encode, bool refusesLeaks = false)
        where TRow : DatasetRow
        where T : class
    {
        options = options with { MaxLength = Math.Min(options.MaxLength ?? Config.ContextLength, Config.ContextLength) };
        var encoder = new ExampleTokenizer(Tokenizer, Template, options);
        var (train, validation) = (isTraining ? Rows("train") : [], Rows("validation"));
        // Figures of what was learned would flatter.
        if (refusesLeaks && PromptLeak.Find([.. Asking(train)], [.. Asking(validation)]) is { } leak) throw new InvalidInputException(leak.Message);
        return new(Encoded(train), Encoded(validation));

        static IEnumerable<DatasetRow> Asking(IEnumerable<(string File, IReadOnlyList<TRow> Rows)> files) =>
            files.SelectMany(file => file.Rows).Where(row => row is not LanguageModelingRow { Text.IsConversation: false });

        (string File, IReadOnlyList<TRow> Rows)[] Rows(string role)
        {
            var files = session.Spec.DataFiles(session.Folder, role);
            return files.Count > 0 || role != NeededRole
                ? [.. files.Select(file => (file, read(file)))]
                : throw new InvalidInputException($"{session.Folder.SpecFile}: 'data' has no file with the role '{role}'; expected at least one.");
        }

        IReadOnlyList<T> Encoded((string File, IReadOnlyList<TRow> Rows)[] files) =>
            [.. files.SelectMany(file => Told(file.File, TokenizedDataset<T>.Of(file.Rows, row => encode(encoder, row)), options))];
    }

    /// <summary>The examples, after the log was told how many are missing.</summary>
    private IReadOnlyList<T> Told<T>(string file, TokenizedDataset<T> data, TokenizationOptions options) where T : class
    {
        if (data.Dropped > 0)
        {
            var reason = options.TruncationMode == TruncationMode.Drop ? $"longer than {options.MaxLength} tokens" : $"nothing to learn in their first {options.MaxLength} tokens";
            session.Log.Append(new LogEvent($"{Path.GetFileName(file)}: {data.Dropped} of {data.Dropped + data.Examples.Count} examples were dropped, the first in line {data.FirstDropped!.Value.Line}: {reason}; a higher 'max_length' keeps them.", RunLogLevel.Warning));
        }
        return data.Examples;
    }

    private static IReadOnlyList<DatasetRow> SequenceRows(string file) => Has(file, "completion") ? DatasetFile.Read(file, PromptCompletion.Format) : DatasetFile.Read(file, LanguageModeling.Format);

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

/// <summary>What is learned and what it is measured on.</summary>
/// <param name="Train">Empty for a run that only measures.</param>
/// <param name="Validation">May be empty for a run that trains.</param>
internal sealed record RunExamples<T>(IReadOnlyList<T> Train, IReadOnlyList<T> Validation);
