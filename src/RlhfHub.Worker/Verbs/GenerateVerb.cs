using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Tokenization.Templates;
using RlhfHub.Worker.Input;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>generate</c>: texts for one prompt or a file of them.</summary>
internal static class GenerateVerb
{
    public static Command Create(VerbConsole console)
    {
        var defaults = new GenerationOptions();
        var model = new ModelOptions();
        var prompt = new Option<string?>("--prompt") { Description = "One prompt; its text is shown as it comes.", HelpName = "TEXT" };
        var prompts = new Option<string?>("--prompts") { Description = "A file with one JSON object a line: {\"prompt\": \"…\"} or {\"messages\": […]}; {\"seed\": n} is taken too.", HelpName = "FILE" };
        var maxNewTokens = new Option<int>("--max-new-tokens") { Description = "At most this many tokens.", HelpName = "N", DefaultValueFactory = _ => defaults.MaxNewTokens };
        var temperature = Number("--temperature", "Below 1 more predictable, above 1 more varied.", "T", defaults.Temperature);
        var topK = new Option<int>("--top-k") { Description = "Draw among the k likeliest tokens; 0 for all.", HelpName = "K", DefaultValueFactory = _ => defaults.TopK };
        var topP = Number("--top-p", "Draw among the likeliest tokens that together reach this probability.", "P", defaults.TopP);
        var minP = Number("--min-p", "Draw among tokens at least this share as likely as the likeliest.", "P", defaults.MinP);
        var penalty = Number("--repetition-penalty", "Above 1 discourages tokens that already occurred.", "X", defaults.RepetitionPenalty);
        var stop = new Option<string[]>("--stop") { Description = "End before this text; may be given several times.", HelpName = "TEXT" };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same texts; prompt number i takes seed + i.", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        var greedy = new Option<bool>("--greedy") { Description = "Always take the likeliest token." };
        var ignoreEnd = new Option<bool>("--ignore-end") { Description = "Go on after an end-of-text token." };
        var chat = new Option<bool>("--chat") { Description = "Put each prompt to the model as a user's message, in its own notation." };
        var batchSize = new Option<int>("--batch-size") { Description = "Texts written at once.", HelpName = "N", DefaultValueFactory = _ => 32 };
        var json = ModelOptions.Json();
        var command = new Command("generate", "Writes text.");
        model.AddTo(command);
        foreach (var option in new Option[] { prompt, prompts, maxNewTokens, temperature, topK, topP, minP, penalty, stop, seed, greedy, ignoreEnd, chat, batchSize, json }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(prompt) is null == result.GetResult(prompts) is null) result.AddError("Give either --prompt or --prompts.");
        });
        command.SetAction(parsed =>
        {
            var options = new GenerationOptions
            {
                MaxNewTokens = parsed.GetValue(maxNewTokens),
                Temperature = parsed.GetValue(greedy) ? 0 : parsed.GetValue(temperature),
                TopK = parsed.GetValue(topK),
                TopP = parsed.GetValue(topP),
                MinP = parsed.GetValue(minP),
                RepetitionPenalty = parsed.GetValue(penalty),
                Seed = parsed.GetValue(seed),
                Stop = parsed.GetValue(stop) ?? [],
                IgnoresEnd = parsed.GetValue(ignoreEnd),
            };
            if (options.FindError() is { } error) throw new InvalidInputException(error);
            if (parsed.GetValue(batchSize) is < 1 or > 4096) throw new InvalidInputException($"--batch-size is {parsed.GetValue(batchSize)}; expected 1 to 4096.");
            var rows = parsed.GetValue(prompts) is { } file ? PromptFile.Read(file) : [new(Passage.Of(parsed.GetValue(prompt)!), null, new("--prompt", 0))];

            var (folder, device, dtype) = model.Prepare(parsed, Math.Min(rows.Count, parsed.GetValue(batchSize)));
            using var text = TextModel.Load(folder, device, dtype, parsed.GetValue(model.Adapter));
            new Run(console, text, options, parsed.GetValue(json)).Execute(rows, parsed.GetValue(chat), parsed.GetValue(batchSize));
            return WorkerCommandLine.Success;
        });
        return command;
    }

    /// <summary>A number with a decimal point. A comma would pass for a thousands separator, and 0,7 for 7.</summary>
    private static Option<double> Number(string name, string description, string helpName, double otherwise) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
            result.AddError($"{name} is '{text}'; expected a number such as {otherwise.ToString("0.0", CultureInfo.InvariantCulture)}.");
            return otherwise;
        },
    };

    private sealed class Run(VerbConsole console, TextModel text, GenerationOptions options, bool asJson)
    {
        private readonly Stopwatch clock = new();

        public void Execute(IReadOnlyList<PromptRow> rows, bool asChat, int batchSize)
        {
            if (rows.Count == 0) return;
            using var generator = new TextGenerator(text.Model, text.Tokenizer, Math.Min(batchSize, rows.Count), text.EndIds);
            var streams = rows.Count == 1 && !asJson;
            for (var i = 0; i < rows.Count; i++) Submit(generator, rows[i], i, asChat, streams);

            clock.Start();
            var next = 0;
            var tokens = 0;
            var finished = new SortedDictionary<int, GenerationResult>();
            while (generator.Pending > 0)
            {
                foreach (var (order, result) in generator.Step()) finished[order] = result;
                // In the order of the prompts, as soon as all before are there.
                for (; finished.Remove(next, out var result); next++)
                {
                    tokens += result.Tokens.Count;
                    Report(next, rows[next], result, streams);
                }
            }
            if (!asJson) console.Error.WriteLine($"{tokens} tokens in {clock.Elapsed.TotalSeconds:0.00} s, {tokens / clock.Elapsed.TotalSeconds:0} a second");
        }

        private void Submit(TextGenerator generator, PromptRow row, int index, bool asChat, bool streams)
        {
            var messages = row.Prompt.Messages ?? (asChat ? [new ChatMessage("user", row.Prompt.Text)] : null);
            try
            {
                generator.Submit(new GenerationRequest
                {
                    Prompt = messages is null ? text.Tokenizer.Encode(row.Prompt.Text!) : text.EncodeChat(messages),
                    Options = options with { Seed = row.Seed ?? options.Seed + index },
                    OnToken = streams ? Stream : null,
                });
            }
            catch (InvalidInputException problem)
            {
                throw new InvalidInputException($"{row.Place}: {problem.Message}", problem);
            }
        }

        private void Stream(GeneratedToken token)
        {
            console.Output.Write(token.Text);
            console.Output.Flush();
        }

        private void Report(int index, PromptRow row, GenerationResult result, bool streams)
        {
            if (asJson)
            {
                console.WriteJson(new
                {
                    index,
                    prompt = row.Prompt.Text,
                    text = result.Text,
                    tokens = result.Tokens,
                    logProbabilities = result.LogProbabilities,
                    finishReason = result.Reason.ToString(),
                });
            }
            else if (streams) console.Output.WriteLine();
            else console.Output.WriteLine($"--- {index + 1}: {row.Prompt.Text ?? row.Prompt.Messages![^1].Content}\n{result.Text}");
        }
    }
}
