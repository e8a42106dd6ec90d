using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Simulation.Starter;

/// <summary>
/// Makes the starter model: writes its text, learns its vocabulary, trains it from random weights as a run of the kind <c>pretrain</c>, judges it, and
/// writes its folder with a model card. Killed at any moment, it goes on where the run was.
/// </summary>
/// <param name="options">How it is made.</param>
/// <param name="workFolder">Where the run and what it starts from lie.</param>
/// <param name="time">The clock.</param>
public sealed class StarterMaker(StarterOptions options, string workFolder, TimeProvider time)
{
    private const double SampleTemperature = 0.7;
    private const int SampleCount = 50;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string RunPath => Path.Combine(workFolder, "run");

    private string Trained => Path.Combine(RunPath, "output");

    private string BaseFolder => Path.Combine(workFolder, "base");

    /// <summary>Makes the model.</summary>
    /// <param name="outputFolder">Its folder; what is there is replaced at the end.</param>
    /// <param name="progress">Told each step of the training and their number; null for nobody.</param>
    /// <param name="say">Told in a sentence what is being done; null for nobody.</param>
    /// <returns>How well it answers held-out prompts; null when the hub stopped the run.</returns>
    public StarterFigures? Make(string outputFolder, Action<long, long>? progress = null, Action<string>? say = null)
    {
        if (!File.Exists(Path.Combine(RunPath, "run.json"))) Prepare(say);
        say?.Invoke("Training from random weights.");
        if (RunOutput.FindMetrics(Trained) is null && !TrainingRun.Execute(RunPath, time, progress)) return null;

        say?.Invoke($"Answering {options.JudgedReplies} held-out prompts.");
        var made = Path.Combine(workFolder, "made");
        if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        using (var model = ModelFolder.LoadCausal(Trained, CPU, ScalarType.BFloat16)) ModelFolder.Save(model, made, companionsFrom: BaseFolder);
        var figures = Measure(made);
        File.WriteAllText(Path.Combine(made, "README.md"), StarterCard.Write(options, figures));
        if (Directory.Exists(outputFolder)) Directory.Delete(outputFolder, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(outputFolder))!);
        Directory.Move(made, outputFolder);
        return figures;
    }

    private void Prepare(Action<string>? say)
    {
        if (Directory.Exists(RunPath)) Directory.Delete(RunPath, recursive: true);
        var run = RunFolder.Create(RunPath);
        say?.Invoke($"Writing {options.Characters / 1e6:0.#} million characters of text.");
        var corpus = new CorpusOptions { Seed = options.Seed, Characters = options.Characters };
        WriteCorpus(run, "train", corpus);
        // Another seed, and prompts that are worded as the training text never words them.
        var characters = options.ValidationDocuments * (long)Corpus.Documents(corpus with { Characters = 100_000 }).Average(document => document.Characters);
        WriteCorpus(run, "validation", corpus with { Seed = options.Seed + 1, Characters = characters, IsHeldOut = true });

        say?.Invoke($"Learning a vocabulary of {options.VocabularySize} tokens.");
        WriteBase(corpus);
        new RunSpec
        {
            Kind = "pretrain",
            BaseModel = "../base",
            Seed = options.Seed,
            Device = "cpu",
            DType = options.DType,
            Options = new JsonObject
            {
                ["learning_rate"] = options.LearningRate,
                ["lr_scheduler_type"] = "cosine",
                ["warmup_ratio"] = 0.02,
                ["weight_decay"] = 0.1,
                ["adam_beta2"] = 0.98,
                ["num_train_epochs"] = options.Epochs,
                ["per_device_train_batch_size"] = options.Rows,
                ["per_device_eval_batch_size"] = options.Rows,
                ["packing"] = true,
                ["max_length"] = options.ContextLength,
                ["gradient_checkpointing"] = false,
                ["eval_steps"] = 250,
                ["save_steps"] = 250,
                ["logging_steps"] = 10,
            },
            Data = [.. from role in (string[])["train", "validation"] from form in (string[])["conversations", "stories"] select RunDataFile.Describe(run, $"{role}-{form}.jsonl", role)],
        }.Write(run);
    }

    private static void WriteCorpus(RunFolder run, string role, CorpusOptions corpus)
    {
        using var conversations = File.Create(Path.Combine(run.DataFolder, $"{role}-conversations.jsonl"));
        using var stories = File.Create(Path.Combine(run.DataFolder, $"{role}-stories.jsonl"));
        Corpus.Write(corpus, conversations, stories);
    }

    private void WriteBase(CorpusOptions corpus)
    {
        // A tenth of the text has every word often enough.
        var sample = Corpus.Documents(corpus with { Characters = Math.Min(corpus.Characters, 6_000_000) });
        var tokenizer = BpeTrainer.Train(sample.SelectMany(document => document.Messages?.Select(message => message.Content!) ?? [document.Text!]), StarterText.Vocabulary(options));
        tokenizer.Save(BaseFolder);
        File.WriteAllText(Path.Combine(BaseFolder, "chat_template.jinja"), StarterText.ChatTemplate);
        int IdOf(string token) => tokenizer.Tokens.TakeWhile(other => other != token).Count();
        File.WriteAllText(Path.Combine(BaseFolder, "generation_config.json"), new JsonObject
        {
            ["do_sample"] = true,
            ["temperature"] = SampleTemperature,
            ["max_new_tokens"] = ModelReplies.MaxTokens,
            ["eos_token_id"] = IdOf(StarterText.End),
            ["pad_token_id"] = IdOf(StarterText.Pad),
        }.ToJsonString(Indented) + "\n");
        File.WriteAllText(Path.Combine(BaseFolder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["vocab_size"] = tokenizer.Tokens.Count,
            ["hidden_size"] = options.HiddenSize,
            ["intermediate_size"] = options.IntermediateSize,
            ["num_hidden_layers"] = options.Layers,
            ["num_attention_heads"] = options.Heads,
            ["num_key_value_heads"] = options.KeyValueHeads,
            ["max_position_embeddings"] = options.ContextLength,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = true,
            ["eos_token_id"] = IdOf(StarterText.End),
            ["pad_token_id"] = IdOf(StarterText.Pad),
            ["torch_dtype"] = "float32",
        }.ToJsonString(Indented) + "\n");
    }

    private StarterFigures Measure(string folder)
    {
        var prompts = Corpus.HeldOutPrompts(options.Seed + 2, options.JudgedReplies).ToArray();
        using var text = TextModel.Load(folder, CPU, ScalarType.Float32);
        var replies = ModelReplies.Of(text, prompts, SampleTemperature, options.Seed);
        return new StarterFigures(
            text.Model.Decoder.parameters().Sum(parameter => parameter.numel()),
            RunOutput.FindMetrics(Trained)!,
            SampleTemperature,
            ReplyCensus.Of(prompts, replies),
            ReplyCensus.Of(prompts, ModelReplies.Of(text, prompts, temperature: 1, options.Seed)),
            [.. prompts.Zip(replies).Take(SampleCount)]);
    }
}
