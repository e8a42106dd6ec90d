using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary><c>real-size</c>: a random model of Qwen2.5-0.5B's shape in bf16, made, loaded, used, saved and loaded again; each step in a process of its own.</summary>
internal static class RealSizeBench
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where to make it: about 4 GB.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "rlhfhub-real-size") };
        var command = new Command("real-size", "Memory and round trip of a model of Qwen2.5-0.5B's shape, as one file and as shards.") { folder };
        command.SetAction(parsed =>
        {
            var place = parsed.GetValue(folder)!;
            var (whole, shards, again) = (Path.Combine(place, "whole"), Path.Combine(place, "shards"), Path.Combine(place, "again"));
            foreach (var old in new[] { whole, shards, again }) if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
            ChildStep.Run("real-size", "make", whole, shards);
            var first = ChildStep.Run("real-size", "use", whole);
            var second = ChildStep.Run("real-size", "use", shards);
            ChildStep.Run("real-size", "copy", shards, again);
            var third = ChildStep.Run("real-size", "use", again);
            Console.WriteLine(first == second && second == third ? "the three folders generate the same tokens" : "DIFFERENT: the folders do not generate the same tokens");
            return first == second && second == third ? 0 : 1;
        });
        command.Subcommands.Add(ChildStep.Command("make", paths =>
        {
            using var model = ModelFolder.CreateCausal(ModelConfig.From(Measure.HalfBillionShape()), ScalarType.BFloat16, CPU, seed: 1);
            ModelFolder.Save(model, paths[0]);
            ModelFolder.Save(model, paths[1], maxShardBytes: 300_000_000);
        }));
        command.Subcommands.Add(ChildStep.Command("copy", paths =>
        {
            using var model = ModelFolder.LoadCausal(paths[0]);
            ModelFolder.Save(model, paths[1]);
        }));
        command.Subcommands.Add(ChildStep.Command("use", paths =>
        {
            randn(64, 64).mm(randn(64, 64)).Dispose();   // the library's own memory is there before the model's
            var before = ChildStep.Memory("VmRSS");
            var clock = Stopwatch.StartNew();
            using var model = ModelFolder.LoadCausal(paths[0]);
            var seconds = clock.Elapsed.TotalSeconds;
            var weights = Directory.EnumerateFiles(paths[0], "*.safetensors").Sum(file => new FileInfo(file).Length);
            Console.Error.WriteLine(
                $"{Path.GetFileName(paths[0])}: {Directory.GetFiles(paths[0], "*.safetensors").Length} file(s), {weights / 1e6:0} MB, loaded in {seconds:0.0} s ({weights / 1e9 / seconds:0.0} GB/s); "
                + $"resident peak {ChildStep.Memory("VmHWM") / 1e6:0} MB = {(double)ChildStep.Memory("VmHWM") / weights:0.00} x weights ({(double)(ChildStep.Memory("VmHWM") - before) / weights:0.00} x without the {before / 1e6:0} MB of runtime and libtorch)");
            var request = new GenerationRequest { Prompt = [1, 2, 3], Options = new() { MaxNewTokens = 16, Seed = 1 } };
            clock.Restart();
            var result = TextGenerator.Run(model, null, [request], endIds: [])[0];
            Console.Error.WriteLine($"  16 tokens in {clock.Elapsed.TotalSeconds:0.0} s; resident peak {ChildStep.Memory("VmHWM") / 1e6:0} MB = {(double)ChildStep.Memory("VmHWM") / weights:0.00} x weights");
            Console.WriteLine(string.Join(' ', result.Tokens));
        }));
        return command;
    }
}
