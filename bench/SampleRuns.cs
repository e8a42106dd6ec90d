using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary>Run folders to measure: a random model with a small tokenizer, and data of digits, which are a token each.</summary>
internal static class SampleRuns
{
    /// <summary>Writes a model folder.</summary>
    public static void WriteModel(string folder, JsonObject shape, ScalarType dtype)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Repository.Fixture("tokenizers", "small", "qwen2-style"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}""");
        using var model = ModelFolder.CreateCausal(ModelConfig.From(shape), dtype, CPU, seed: 1);
        ModelFolder.Save(model, folder);
    }

    /// <summary>A run of SFT whose examples all have so many tokens.</summary>
    public static string Sft(string folder, string baseModel, int examples, int length, JsonObject options, string dtype = "auto")
    {
        options["max_length"] = length;
        return Write(folder, "sft", baseModel, "train", Enumerable.Range(0, examples).Select(i => $$"""{"text": "{{Digits(i, length)}}"}"""), options, dtype);
    }

    /// <summary>A run of PPO whose prompts all have so many tokens, and whose replies run to their full length.</summary>
    public static string Ppo(string folder, string baseModel, string reward, int prompts, int promptLength, int replyLength, JsonObject options)
    {
        (options["response_length"], options["stop_token"], options["reward_model_path"], options["num_sample_generations"]) = (replyLength, null, reward, 0);
        return Write(folder, "ppo", baseModel, "prompts", Enumerable.Range(0, prompts).Select(i => $$"""{"prompt": "{{Digits(i, promptLength)}}"}"""), options, "auto");
    }

    private static string Write(string folder, string kind, string baseModel, string role, IEnumerable<string> rows, JsonObject options, string dtype)
    {
        var run = RunFolder.Create(folder);
        File.WriteAllLines(Path.Combine(run.DataFolder, "data.jsonl"), rows);
        options["sample_count"] = 0;
        new RunSpec { Kind = kind, BaseModel = baseModel, Options = options, Device = "cpu", DType = dtype, Data = [RunDataFile.Describe(run, "data.jsonl", role)] }.Write(run);
        return run.Path;
    }

    private static string Digits(int seed, int count)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));
    }
}
