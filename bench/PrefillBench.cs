using System.CommandLine;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary><c>prefill</c>: how near reading a prompt comes to the machine's own matrix products.</summary>
internal static class PrefillBench
{
    public static Command Create()
    {
        var folder = new Option<string?>("--model") { Description = "A model folder; a random Llama of 40 M parameters when not given." };
        var time = new Option<int>("--tokens") { Description = "Tokens of each prompt.", DefaultValueFactory = _ => 512 };
        var batch = new Option<int>("--batch") { Description = "Prompts at once.", DefaultValueFactory = _ => 4 };
        var command = new Command("prefill", "Reading prompts, as a share of the machine's own matrix product rate.") { folder, time, batch };
        command.SetAction(parsed =>
        {
            set_num_threads(Environment.ProcessorCount);
            foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
            {
                using var model = parsed.GetValue(folder) is { } path ? ModelFolder.LoadCausal(path, dtype: dtype) : Measure.RandomLlama(8192, 512, 1408, 10, 8, 4, 4096, dtype);
                Run(model, dtype, parsed.GetValue(batch), parsed.GetValue(time));
            }
        });
        return command;
    }

    private static void Run(CausalModel model, ScalarType dtype, int batch, int time)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ids = randint(0, model.Config.Decoder.VocabularySize, [batch, time], dtype: ScalarType.Int64);
        var seconds = Measure.MedianSeconds(5, () =>
        {
            using var inner = NewDisposeScope();
            model.Logits(model.Decoder.forward(ids).narrow(1, time - 1, 1));
        });
        var gemm = Measure.GemmRate(dtype);
        var rate = Measure.PrefillOperations(model.Config.Decoder, batch, time) / seconds;
        Console.WriteLine($"{ModelDType.NameOf(dtype),-8} {batch} x {time} tokens: {batch * time / seconds:N0} tokens/s, {rate / 1e9:0} GFLOP/s; matrix product {gemm / 1e9:0} GFLOP/s; ratio {rate / gemm:0.00}");
    }
}
