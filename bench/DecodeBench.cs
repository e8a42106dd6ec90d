using System.CommandLine;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;

namespace RlhfHub.Bench;

/// <summary><c>decode</c>: new tokens a second, alone and in batches, and how much of the time is libtorch's own.</summary>
internal static class DecodeBench
{
    private const int NewTokens = 256;

    public static Command Create()
    {
        var folder = new Option<string>("--model") { Description = "A model folder.", DefaultValueFactory = _ => Measure.StoriesFolder };
        var threads = new Option<int?>("--threads") { Description = "Threads; chosen by the amount of work when not given." };
        var command = new Command("decode", "New tokens a second: one text, 32 at once, and the best batch up to 128.") { folder, threads };
        command.SetAction(parsed =>
        {
            using var model = ModelFolder.LoadCausal(parsed.GetValue(folder)!);
            Console.WriteLine($"{parsed.GetValue(folder)}: {model.Config.Decoder.ParameterCount:N0} parameters, {NewTokens} tokens from one, greedy, median of 5");
            double alone = 0, best = 0;
            var bestRows = 0;
            foreach (var rows in new[] { 1, 8, 16, 32, 48, 64, 96, 128 })
            {
                var used = ThreadChoice.Apply(model.Config.Decoder, rows, parsed.GetValue(threads));
                var rate = rows * NewTokens / Measure.MedianSeconds(5, () => Decode(model, rows));
                if (rows == 1) alone = rate;
                if (rate > best) (best, bestRows) = (rate, rows);
                var share = rows is 1 or 32 ? $"   inside libtorch {Percent(NativeShare.Of(() => Decode(model, rows)))}" : "";
                Console.WriteLine($"  {rows,3} at once, {used} thread(s)   {rate,9:N0} tokens/s   {rate / alone,6:0.00} x one alone{share}");
            }
            Console.WriteLine($"  best batch {bestRows}: {best:N0} tokens/s");
        });
        return command;
    }

    private static string Percent(double share) => double.IsNaN(share) ? "unknown (this machine lets nobody sample)" : share.ToString("P0");

    private static void Decode(CausalModel model, int rows)
    {
        var request = new GenerationRequest { Prompt = [1], Options = new() { Temperature = 0, MaxNewTokens = NewTokens } };
        TextGenerator.Run(model, null, Enumerable.Repeat(request, rows).ToArray(), rows, endIds: []);
    }
}
