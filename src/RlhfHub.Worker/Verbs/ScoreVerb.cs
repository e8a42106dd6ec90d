using System.CommandLine;
using RlhfHub.Training;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Tokenization.Templates;
using RlhfHub.Worker.Input;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>score</c>: log-probabilities and perplexity of a language model, scores of a reward model or classifier.</summary>
internal static class ScoreVerb
{
    public static Command Create(VerbConsole console)
    {
        var model = new ModelOptions();
        var data = new Option<string>("--data")
        {
            Description = "A file with one JSON object a line: {\"text\": …}, {\"prompt\": …, \"completion\": …} or {\"messages\": […]}.",
            HelpName = "FILE",
            Required = true,
        };
        var perToken = new Option<bool>("--tokens") { Description = "Print each token's log-probability too." };
        var batchSize = new Option<int>("--batch-size") { Description = "Texts scored at once.", HelpName = "N", DefaultValueFactory = _ => 16 };
        var json = ModelOptions.Json();
        var command = new Command("score", "Says how likely a language model finds texts, or how good a reward model finds them.");
        model.AddTo(command);
        foreach (var option in new Option[] { data, perToken, batchSize, json }) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var size = parsed.GetValue(batchSize) is >= 1 and <= 4096 and var wanted ? wanted : throw new InvalidInputException($"--batch-size is {parsed.GetValue(batchSize)}; expected 1 to 4096.");
            var folder = parsed.GetRequiredValue(model.Model);
            var config = ModelConfig.Load(folder);
            var tokenizer = TextModel.LoadTokenizer(folder, config);
            var rows = TextFile.Read(parsed.GetRequiredValue(data), tokenizer, ChatTemplate.Load(folder), config);
            var (_, device, dtype) = model.Prepare(parsed, rows.Sum(row => row.Ids.Length) / rows.Count * Math.Min(rows.Count, size));
            if (config.IsClassifier)
            {
                using var classifier = ModelFolder.LoadClassifier(folder, device, dtype);
                using var adapter = LoadAdapter(classifier, parsed.GetValue(model.Adapter));
                Classify(console, classifier, rows, size, parsed.GetValue(json));
            }
            else
            {
                using var causal = ModelFolder.LoadCausal(folder, device, dtype);
                using var adapter = LoadAdapter(causal, parsed.GetValue(model.Adapter));
                Measure(console, causal, rows, size, parsed.GetValue(perToken), parsed.GetValue(json));
            }
            return WorkerCommandLine.Success;
        });
        return command;
    }

    private static Adapter? LoadAdapter(LanguageModel model, string? folder)
    {
        var adapter = folder is null ? null : PeftMethods.Load(model, folder);
        adapter?.eval();
        return adapter;
    }

    private static void Measure(VerbConsole console, CausalModel model, IReadOnlyList<TokenizedText> rows, int batchSize, bool perToken, bool asJson)
    {
        foreach (var row in rows)
            if (row.Ids.Length - row.PromptLength < 1 || row.Ids.Length < 2) throw new InvalidInputException($"{row.Place}: no token is left to score; expected at least one after the first.");
        double total = 0;
        long count = 0;
        var all = SequenceScorer.LogProbabilities(model, [.. rows.Select(row => row.Ids)], batchSize);
        foreach (var (row, logProbabilities) in rows.Zip(all))
        {
            var counted = logProbabilities.AsSpan(Math.Max(0, row.PromptLength - 1)).ToArray();
            var sum = counted.Sum(value => (double)value);
            total += sum;
            count += counted.Length;
            if (asJson)
                console.WriteJson(new { line = row.Line, logProbability = sum, tokens = counted.Length, perplexity = Math.Exp(-sum / counted.Length), tokenLogProbabilities = perToken ? counted : null });
            else
                console.Output.WriteLine($"{row.Line}\tlog-probability {sum:0.0000}\ttokens {counted.Length}\tperplexity {Math.Exp(-sum / counted.Length):0.000}{(perToken ? $"\t{string.Join(' ', counted.Select(value => value.ToString("0.0000")))}" : "")}");
        }
        if (asJson) console.WriteJson(new { all = true, texts = rows.Count, tokens = count, perplexity = Math.Exp(-total / count) });
        else console.Output.WriteLine($"all\tperplexity {Math.Exp(-total / count):0.000} over {count} tokens of {rows.Count} texts");
    }

    private static void Classify(VerbConsole console, SequenceClassifier model, IReadOnlyList<TokenizedText> rows, int batchSize, bool asJson)
    {
        var labels = model.Config.Labels;
        foreach (var (row, scores) in rows.Zip(SequenceScorer.Scores(model, [.. rows.Select(row => row.Ids)], batchSize)))
        {
            if (asJson && labels.Count == 1) console.WriteJson(new { line = row.Line, reward = scores[0] });
            else if (asJson) console.WriteJson(new { line = row.Line, label = labels[Array.IndexOf(scores, scores.Max())], logits = scores });
            else if (labels.Count == 1) console.Output.WriteLine($"{row.Line}\treward {scores[0]:0.0000}");
            else console.Output.WriteLine($"{row.Line}\t{labels[Array.IndexOf(scores, scores.Max())]}\t{string.Join(' ', labels.Zip(scores).Select(pair => $"{pair.First}={pair.Second:0.0000}"))}");
        }
    }
}
