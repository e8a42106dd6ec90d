using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary><c>memory</c>: what one step of SFT and of PPO with LoRA takes on a model of Qwen2.5-0.5B's shape in bf16, each in a process of its own.</summary>
internal static class MemoryBench
{
    private const string Name = "memory";
    private const int Length = 512;
    private const int Times = 4;   // how much larger the larger steps are: what grows must stand out from the allocator's chance
    private const int ReplyLength = 128;   // more than one chunk of logits even for one episode
    private const double MostBytes = 16e9;
    private const double MostRatio = 1.4;
    private const double MostGrowth = 0.5;   // of the logits that are more: activations grow too

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where to make it: about 2 GB.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "rlhfhub-memory") };
        var command = new Command(Name, "Peak memory of a step of SFT and of PPO with LoRA on a model of Qwen2.5-0.5B's shape; 1 where a limit is missed.") { folder };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!));
        command.Subcommands.Add(ChildStep.Command("make", words => Make(words[0])));
        command.Subcommands.Add(ChildStep.Command("step", words =>
        {
            var clock = Stopwatch.StartNew();
            TrainingRun.Execute(words[0], TimeProvider.System);
            Console.Error.WriteLine($"  {Path.GetFileName(words[0])}: {ChildStep.Memory("VmHWM") / 1e6:0} MB at most, {clock.Elapsed.TotalSeconds:0} s");
            Console.WriteLine(ChildStep.Memory("VmHWM").ToString(CultureInfo.InvariantCulture));
        }));
        return command;
    }

    private static int Run(string place)
    {
        if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
        var (whole, small, adapter) = (Path.Combine(place, "base"), Path.Combine(place, "small-reward"), Path.Combine(place, "reward-adapter"));
        ChildStep.Run(Name, "make", place);
        var weights = Bytes(whole, "*.safetensors");
        Console.WriteLine($"weights {weights / 1e6:0} MB");

        var sft = Peak(Sft(place, "sft", 1, Length));
        var wider = Peak(Sft(place, "sft-wider", Times, Length));
        var longer = Peak(Sft(place, "sft-longer", 1, Times * Length));
        var ppo = Peak(Ppo(place, "ppo", small, 1, Length));
        var ppoWider = Peak(Ppo(place, "ppo-wider", small, Times, Length));
        var ppoAdapter = Peak(Ppo(place, "ppo-reward-adapter", adapter, 1, Length));

        var logits = (Times - 1.0) * Length * (int)Measure.HalfBillionShape()["vocab_size"]! * sizeof(float);
        var checkpoint = Bytes(Path.Combine(place, "sft", "checkpoints"), "*");
        Console.WriteLine($"LoRA SFT, 1 x {Length} tokens: {sft / 1e9:0.00} GB = {sft / weights:0.00} x weights");
        Console.WriteLine($"  {Times} times the batch: {Growth(sft, wider, logits)}; {Times} times the length: {Growth(sft, longer, logits)}");
        Console.WriteLine($"LoRA PPO, episodes of {Length} tokens, {ReplyLength} of them the reply, small reward model: {ppo / 1e9:0.00} GB = {ppo / sft:0.00} x SFT; {Times} times the batch: {Growth(ppo, ppoWider, logits)}");
        Console.WriteLine($"LoRA PPO with a reward adapter over the same base: {ppoAdapter / 1e9:0.00} GB = {ppoAdapter / sft:0.00} x SFT");
        Console.WriteLine($"LoRA checkpoint: {checkpoint / 1e6:0.0} MB = {checkpoint / weights:0.000} x weights");
        string[] missed =
        [
            .. new[] { sft, wider, longer, ppo, ppoWider, ppoAdapter }.Max() < MostBytes ? Array.Empty<string>() : ["a step takes more than 16 GB"],
            .. new[] { wider - sft, longer - sft, ppoWider - ppo }.Max() < MostGrowth * logits ? Array.Empty<string>() : ["the peak grows with batch x length x vocabulary"],
            .. ppo <= MostRatio * sft ? Array.Empty<string>() : [$"PPO takes more than {MostRatio} x SFT"],
            .. ppoAdapter <= MostRatio * sft ? Array.Empty<string>() : [$"PPO with a reward adapter takes more than {MostRatio} x SFT"],
            .. checkpoint < 0.1 * weights ? Array.Empty<string>() : ["a LoRA checkpoint holds the base"],
        ];
        foreach (var miss in missed) Console.WriteLine($"MISSED: {miss}");
        return missed.Length == 0 ? 0 : 1;
    }

    private static double Peak(string run) => double.Parse(ChildStep.Run(Name, "step", run), CultureInfo.InvariantCulture);

    private static string Growth(double before, double after, double logits) => $"{(after - before) / 1e6:+0;-0} MB ({(after - before) / logits:0.00} of what its logits would take once)";

    private static double Bytes(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    /// <summary>The base, a small reward model with its vocabulary, and a reward adapter over the base.</summary>
    private static void Make(string place)
    {
        var (whole, small) = (Path.Combine(place, "base"), Path.Combine(place, "small-base"));
        SampleRuns.WriteModel(whole, Measure.HalfBillionShape(), ScalarType.BFloat16);
        var shape = Measure.HalfBillionShape();
        (shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"], shape["num_attention_heads"]) = (64, 128, 2, 4);
        SampleRuns.WriteModel(small, shape, ScalarType.BFloat16);
        using (var reward = ModelFolder.StartClassifier(small, ["reward"], padId: 0, seed: 5))
            ModelFolder.Save(reward, Path.Combine(place, "small-reward"), companionsFrom: small);
        using var classifier = ModelFolder.StartClassifier(whole, ["reward"], padId: 0, seed: 5);
        using var adapter = PeftMethods.Find("lora")!.Attach(classifier, new LoraOptions());
        adapter.Save(Path.Combine(place, "reward-adapter"), whole);
    }

    private static string Sft(string place, string name, int batch, int length) =>
        SampleRuns.Sft(Path.Combine(place, name), Path.Combine(place, "base"), 2 * batch, length, Options(batch));

    private static string Ppo(string place, string name, string reward, int batch, int length)
    {
        var options = Options(batch);
        options["num_ppo_epochs"] = 1;
        return SampleRuns.Ppo(Path.Combine(place, name), Path.Combine(place, "base"), reward, 2 * batch, length - ReplyLength, ReplyLength, options);
    }

    private static JsonObject Options(int batch) => new() { ["peft_method"] = "lora", ["per_device_train_batch_size"] = batch, ["max_steps"] = 2, ["save_steps"] = 2, ["save_total_limit"] = 1 };
}
