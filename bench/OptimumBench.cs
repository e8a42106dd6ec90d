using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Training.Tests.Optimum;

namespace RlhfHub.Bench;

/// <summary><c>optimum</c>: how near PPO, DPO and reward models come to optima that are known exactly.</summary>
internal static class OptimumBench
{
    private const double LeastShare = 0.95;
    private const double LeastCorrelation = 0.99;
    private const double LeastShareOfBayes = 0.99;
    private const double MostCalibrationError = 0.02;

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "Worlds, each with a reference, a judge and draws of its own.", DefaultValueFactory = _ => 20 };
        var first = new Option<int>("--first") { Description = "The first world's number.", DefaultValueFactory = _ => 1 };
        var only = new Option<string?>("--only") { Description = "One of ppo, dpo, reward; all of them when not given." };
        var command = new Command("optimum", "How near training comes to optima that are known exactly, in worlds whose replies can all be written down.") { seeds, first, only };
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetValue(only);
            var clock = Stopwatch.StartNew();
            var misses = 0;
            Console.WriteLine($"| world | not a sum | {string.Join(" | ", OptimumRuns.Betas.Select(beta => $"PPO, beta {beta}"))} | DPO's correlation | reward model's accuracy | of the best possible | calibration error |");
            Console.WriteLine($"| --- | --- |{string.Concat(OptimumRuns.Betas.Select(_ => " --- |"))} --- | --- | --- | --- |");
            for (var seed = parsed.GetValue(first); seed < parsed.GetValue(first) + parsed.GetValue(seeds); seed++)
            {
                var folder = Directory.CreateTempSubdirectory("rlhfhub-optimum-");
                try
                {
                    misses += Row(new TinyWorld(folder.FullName, seed), seed, kind => chosen is null || chosen == kind);
                }
                finally
                {
                    folder.Delete(recursive: true);
                }
            }
            Console.WriteLine(FormattableString.Invariant($"{misses} figures miss what is wanted; {clock.Elapsed.TotalMinutes:0.0} minutes."));
            return misses == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Prints one world's figures and counts those that are not good enough.</summary>
    private static int Row(TinyWorld world, long seed, Func<string, bool> isWanted)
    {
        var misses = 0;
        string Cell(double figure, bool isGood, string format)
        {
            if (!isGood) misses++;
            return figure.ToString(format) + (isGood ? "" : " **missed**");
        }
        Console.Write($"| {seed} | {world.ShareBeyondAddition():P1} |");
        foreach (var beta in OptimumRuns.Betas)
        {
            // Above 1 a sum is wrong: nobody can do better than the optimum.
            var share = isWanted("ppo") ? OptimumRuns.Ppo(world, beta, seed) : double.NaN;
            Console.Write(double.IsNaN(share) ? " - |" : $" {Cell(share, share is >= LeastShare and <= 1.0001, "P2")} |");
        }
        Console.Write(isWanted("dpo") && OptimumRuns.Dpo(world, seed) is var correlation ? $" {Cell(correlation, correlation >= LeastCorrelation, "F4")} |" : " - |");
        if (isWanted("reward"))
        {
            var figures = OptimumRuns.Reward(world, seed);
            Console.Write($" {figures.Accuracy:P2} | {Cell(figures.ShareOfBayes, figures.ShareOfBayes >= LeastShareOfBayes, "P2")} | {Cell(figures.CalibrationError, figures.CalibrationError <= MostCalibrationError, "F4")} |");
        }
        else
        {
            Console.Write(" - | - | - |");
        }
        Console.WriteLine();
        return misses;
    }
}
