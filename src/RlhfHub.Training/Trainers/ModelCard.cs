using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>What a run leaves.</summary>
internal enum RunResult
{
    /// <summary>A whole model.</summary>
    Model,

    /// <summary>An adapter on its base.</summary>
    Adapter,

    /// <summary>Metrics alone.</summary>
    Figures,
}

/// <summary>
/// The README.md of a run's output: YAML front matter as the Hugging Face Hub reads it, with all that is needed to make the run again, and a short text.
/// https://huggingface.co/docs/hub/model-cards
/// </summary>
internal static class ModelCard
{
    private const string FileName = "README.md";
    private const string ValidationPrefix = "eval_";

    // YAML 1.1 does not take them for texts.
    private static readonly string[] AmbiguousNames = ["on", "off", "yes", "no", "y", "n", "true", "false", "null"];

    public static void Write(string folder, RunSpec spec, JsonObject options, IReadOnlyDictionary<string, double> metrics, RunResult result, LanguageModel? model) =>
        File.WriteAllText(Path.Combine(folder, FileName), Text(spec, options, metrics, result, model));

    public static string Text(RunSpec spec, JsonObject options, IReadOnlyDictionary<string, double> metrics, RunResult result, LanguageModel? model)
    {
        var validation = metrics.Where(metric => metric.Key.StartsWith(ValidationPrefix, StringComparison.Ordinal)).ToArray();
        var text = new StringBuilder("---\n");
        WriteFields(text, FrontMatter(spec, options, validation, result, model), indent: 0);
        text.Append("---\n\n");
        text.Append(CultureInfo.InvariantCulture, $"# {Title(spec, result)}\n\n{Introduction(spec, result)}\n");
        if (validation.Length > 0) text.Append("\n## Validation\n\n| metric | value |\n| --- | --- |\n");
        foreach (var (name, value) in validation) text.Append(CultureInfo.InvariantCulture, $"| {Cell(name)} | {value:G6} |\n");
        if (spec.Data.Count > 0) text.Append("\n## Data\n\n| file | role | rows | SHA-256 |\n| --- | --- | --- | --- |\n");
        foreach (var file in spec.Data) text.Append(CultureInfo.InvariantCulture, $"| {Cell(file.Path)} | {file.Role} | {file.Rows} | `{file.Sha256}` |\n");
        return text.ToString();
    }

    private static JsonObject FrontMatter(RunSpec spec, JsonObject options, KeyValuePair<string, double>[] validation, RunResult result, LanguageModel? model)
    {
        var fields = new JsonObject();
        if (spec.BaseModel is { } from) fields["base_model"] = from;
        if (result != RunResult.Figures) fields["library_name"] = result == RunResult.Adapter ? "peft" : "transformers";
        if (model is not null) fields["pipeline_tag"] = model is SequenceClassifier ? "text-classification" : "text-generation";
        fields["tags"] = new JsonArray("rlhfhub", spec.Kind);
        var run = new JsonObject { ["kind"] = spec.Kind, ["seed"] = spec.Seed, ["device"] = spec.Device, ["dtype"] = spec.DType };
        if (spec.Adapter is { } adapter) run["adapter"] = adapter;
        // An adapter's own files do not hold the labels.
        if (model is SequenceClassifier classifier) run["labels"] = new JsonArray([.. classifier.Config.Labels.Select(label => (JsonNode)label)]);
        run["options"] = options.DeepClone();
        run["data"] = new JsonArray([.. spec.Data.Select(file => new JsonObject { ["path"] = file.Path, ["role"] = file.Role, ["rows"] = file.Rows, ["sha256"] = file.Sha256 })]);
        run["validation"] = new JsonObject(validation.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)metric.Value)));
        fields["rlhfhub"] = run;
        return fields;
    }

    private static string Title(RunSpec spec, RunResult result) => result == RunResult.Figures ? $"{spec.Kind}: {BaseName(spec)}" : $"{BaseName(spec)}, {spec.Kind}";

    private static string Introduction(RunSpec spec, RunResult result)
    {
        var from = spec.BaseModel is null ? "random weights" : $"`{Cell(spec.BaseModel)}`";
        return result switch
        {
            RunResult.Figures => $"Figures of {from}, measured by RlhfHub (`{spec.Kind}`, seed {spec.Seed}).",
            RunResult.Adapter => $"A PEFT adapter for {from}, trained by RlhfHub (`{spec.Kind}`, seed {spec.Seed}). All options stand in the front matter.",
            _ => $"A model trained from {from} by RlhfHub (`{spec.Kind}`, seed {spec.Seed}). All options stand in the front matter.",
        };
    }

    private static string BaseName(RunSpec spec) => spec.BaseModel is { } path && Cell(Path.GetFileName(Path.TrimEndingDirectorySeparator(path))) is { Length: > 0 } name ? name : "model";

    /// <summary>A text inside Markdown that breaks neither its line nor its table.</summary>
    private static string Cell(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Block style; empty lists and objects in flow style, for YAML has no other.</summary>
    private static void WriteFields(StringBuilder text, JsonObject fields, int indent)
    {
        foreach (var (name, value) in fields)
        {
            text.Append(' ', indent).Append(IsPlain(name) ? name : Quoted(name)).Append(':');
            WriteValue(text, value, indent + 2);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        if (value is JsonObject { Count: > 0 } fields)
        {
            text.Append('\n');
            WriteFields(text, fields, indent);
        }
        else if (value is JsonArray { Count: > 0 } items)
        {
            text.Append('\n');
            foreach (var item in items)
            {
                text.Append(' ', indent).Append('-');
                WriteValue(text, item, indent + 2);
            }
        }
        else
        {
            text.Append(' ').Append(Scalar(value)).Append('\n');
        }
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Quoted(value.GetValue<string>()),
            JsonValueKind.Number when value.AsValue().TryGetValue<long>(out var whole) => whole.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Number => Number(value.GetValue<double>()),
            _ => value.ToJsonString(),
        },
    };

    private static string Number(double value)
    {
        if (double.IsNaN(value)) return ".nan";
        if (double.IsInfinity(value)) return value > 0 ? ".inf" : "-.inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        // YAML 1.1 takes 1E-06 for a text.
        return text.Contains('.', StringComparison.Ordinal) ? text : text.Contains('E', StringComparison.Ordinal) ? text.Replace("E", ".0E", StringComparison.Ordinal) : text + ".0";
    }

    private static bool IsPlain(string name) =>
        name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_') && name is [>= 'a' and <= 'z', ..] && !AmbiguousNames.Contains(name);

    /// <summary>YAML's double-quoted form, which unlike JSON's takes no surrogate pairs as escapes.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append(rune);
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xFEFF) quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else quoted.Append(rune);
        }
        return quoted.Append('"').ToString();
    }
}
