using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RlhfHub.Training.Simulation.Demo;

namespace RlhfHub.Bench;

/// <summary><c>demo</c>: whether the loop makes a better model, on several seeds, and whether it makes none where there is nothing to learn.</summary>
internal static class DemoBench
{
    private const double MostMinutes = 15;

    public static Command Create()
    {
        var seeds = new Option<long[]>("--seed") { Description = "The seeds.", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
        var controls = new Option<long[]>("--shuffled") { Description = "The seeds of the control, whose comparisons are decided by a coin.", DefaultValueFactory = _ => [1], AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--output") { Description = "Where the demonstrations go; they stay, and are gone on with.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "rlhfhub-bench-demo") };
        var command = new Command("demo", "The whole loop from the starter model, about ten minutes a seed: the win rate of PPO over SFT, and what must not get worse. Fails when a line does not hold.") { seeds, controls, output };
        command.SetAction(parsed =>
        {
            Console.WriteLine("| labels | seed | minutes | win rate | 95 % interval | right, SFT to PPO | on topic | mean words | distinct | reward accuracy | holds |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            var holds = parsed.GetValue(seeds)!.Select(seed => Show(seed, isShuffled: false, parsed.GetValue(output)!)).ToArray()
                .Concat(parsed.GetValue(controls)!.Select(seed => Show(seed, isShuffled: true, parsed.GetValue(output)!)).ToArray());
            return holds.All(line => line) ? 0 : 1;
        });
        return command;
    }

    private static bool Show(long seed, bool isShuffled, string output)
    {
        var clock = Stopwatch.StartNew();
        var options = new DemoOptions { Seed = seed, ShufflesLabels = isShuffled };
        var model = Path.Combine(AppContext.BaseDirectory, "models", "starter");
        var loop = new DemoLoop(options, model, Path.Combine(output, $"{(isShuffled ? "shuffled" : "true")}-{seed}"), TimeProvider.System) { Say = Console.Error.WriteLine };
        var report = loop.Run()!;
        var (taught, practised, won) = (report.Taught, report.Practised, report.WinRate);
        var holds = clock.Elapsed.TotalMinutes <= MostMinutes && (isShuffled
            ? won.Low <= 0.5 && won.High >= 0.5
            : won.Rate >= 0.6 && won.Low > 0.5
                && !Fell(taught.Right, practised.Right, taught.Count) && !Fell(taught.OnTopic, practised.OnTopic, taught.Count)
                && practised.MeanWords / taught.MeanWords is >= 0.75 and <= 1.25 && practised.Distinct >= 0.9 * taught.Distinct);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(isShuffled ? "shuffled" : "true")} | {seed} | {clock.Elapsed.TotalMinutes:0.0} | {won.Rate:0.000} | {won.Low:0.000} to {won.High:0.000} | {taught.Right:0.000} to {practised.Right:0.000} | {taught.OnTopic:0.000} to {practised.OnTopic:0.000} | {taught.MeanWords:0.0} to {practised.MeanWords:0.0} | {taught.Distinct:0.000} to {practised.Distinct:0.000} | {report.RewardAccuracy.Rate:0.000} | {(holds ? "yes" : "no")} |"));
        return holds;
    }

    /// <summary>Whether a share became less than chance would make it: the 95 % interval of the difference lies below 0.</summary>
    private static bool Fell(double before, double after, int count) =>
        after - before + 1.96 * Math.Sqrt((before * (1 - before) + after * (1 - after)) / count) < 0;
}
