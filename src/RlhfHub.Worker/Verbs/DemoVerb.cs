using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RlhfHub.Training;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Simulation;
using RlhfHub.Training.Simulation.Demo;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>demo</c>: the whole loop without a browser.</summary>
internal static class DemoVerb
{
    public static Command Create(VerbConsole console)
    {
        var defaults = new DemoOptions();
        var output = new Option<string>("--output") { Description = "Where runs and models go. Given again after an interruption, it goes on.", HelpName = "DIR", Required = true };
        var model = new Option<string?>("--model") { Description = "The model to start from, which must speak the small world's language; the starter model by default.", HelpName = "DIR" };
        var seed = new Option<long>("--seed") { Description = "Another seed has other prompts, raters and replies.", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        var shuffled = new Option<bool>("--shuffled") { Description = "A control: a coin decides each comparison, so that nothing can be learned from them." };
        var json = ModelOptions.Json();
        var command = new Command("demo", "Shows the whole loop with simulated raters: they demonstrate and compare, SFT, a reward model and PPO learn from it, fresh raters judge blind. About ten minutes on two cores.")
        {
            output, model, seed, shuffled, json,
        };
        command.SetAction(parsed =>
        {
            TorchLibrary.Load();
            var clock = Stopwatch.StartNew();
            var asJson = parsed.GetValue(json);
            var options = defaults with { Seed = parsed.GetValue(seed), ShufflesLabels = parsed.GetValue(shuffled) };
            var loop = new DemoLoop(options, parsed.GetValue(model) ?? StarterFolder(), parsed.GetRequiredValue(output), TimeProvider.System)
            {
                Say = sentence => (asJson ? console.Error : console.Output).WriteLine($"{clock.Elapsed:m\\:ss}  {sentence}"),
                StartsTraining = () => console.ShowsProgress && !asJson ? new TrainingProgress(console.Error).Show : null,
            };
            if (loop.Run() is not { } report)
            {
                console.Output.WriteLine("Stopped; the same command goes on.");
                return WorkerCommandLine.Success;
            }
            if (asJson) console.WriteJson(report);
            else Show(console.Output, loop, options, report, clock.Elapsed);
            return WorkerCommandLine.Success;
        });
        return command;
    }

    private static string StarterFolder()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "models", "starter");
        return Directory.Exists(folder) ? folder : throw new InvalidInputException($"{folder} was not found; expected the starter model beside the worker. Name a model with --model.");
    }

    private static void Show(TextWriter output, DemoLoop loop, DemoOptions options, DemoReport report, TimeSpan took)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        void Row(string what, Func<ReplyCensus, string> figure) => Line($"  {what,-26} {figure(report.Starter),9} {figure(report.Taught),9} {figure(report.Practised),9}");
        string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

        Line($"");
        Line($"Replies to {report.Taught.Count} held-out prompts, by the small world's answer key, which no trainer has seen:");
        Line($"  {"",-26} {"starter",9} {"SFT",9} {"PPO",9}");
        Row("on topic and well formed", replies => Percent(replies.Acceptable.Rate));
        Row("right", replies => Percent(replies.Right));
        Row("courteous", replies => Percent(replies.Courteous));
        Row("rude", replies => Percent(replies.Rude));
        Row("concise", replies => Percent(replies.Concise));
        Row("repetitive", replies => Percent(replies.Repetitive));
        Row("different texts", replies => Percent(replies.Distinct));
        Row("words, mean", replies => replies.MeanWords.ToString("0.0", CultureInfo.InvariantCulture));
        Line($"");
        Line($"Win rate of PPO against SFT: {Percent(report.WinRate.Rate)}, 95 % interval {Percent(report.WinRate.Low)} to {Percent(report.WinRate.High)} ({report.WinRate.Count} prompts, {options.JudgmentsPerPrompt} fresh raters each, ties count half).");
        Line($"Drift from SFT: {report.Kl:0.0} nats a reply. Took {took.TotalMinutes:0.0} minutes, seed {options.Seed}.");
        Line($"SFT model: {loop.TaughtModel}");
        Line($"Reward model: {loop.RewardModel}");
        Line($"PPO model: {loop.PractisedModel}");
    }
}
