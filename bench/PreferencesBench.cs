using System.CommandLine;
using System.Globalization;
using RlhfHub.Training.Tests.Trainers;

namespace RlhfHub.Bench;

/// <summary><c>preferences</c>: reward models of people's comparisons, on comparisons held out and on 64 learned by heart.</summary>
internal static class PreferencesBench
{
    private const int HeldOut = 500;

    public static Command Create()
    {
        var command = new Command("preferences", "Reward models from stories260K and the starter model on the public hh-rlhf comparisons. Fails when 64 pairs are not learned by heart.");
        command.SetAction(_ =>
        {
            using var folder = new TemporaryFolder();
            var preferences = new RealPreferences(Path.Combine(Path.GetDirectoryName(Measure.StoriesFolder)!, "hh-rlhf", "harmless-base_test.jsonl.gz"), folder.Path);
            Console.WriteLine("| from | comparisons | held-out accuracy | 95 % interval | calibration error | of 64 learned by heart |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
            var holds = true;
            foreach (var (name, model) in new[] { ("stories260K", Measure.StoriesFolder), ("starter", Path.Combine(AppContext.BaseDirectory, "models", "starter")) })
            {
                var lines = preferences.Lines(maxCharacters: 500);
                var figures = preferences.Train($"{name}-part", model, lines[HeldOut..], lines[..HeldOut], new()
                {
                    ["learning_rate"] = 3e-4,
                    ["per_device_train_batch_size"] = 16,
                    ["per_device_eval_batch_size"] = 32,
                    ["num_train_epochs"] = 2,
                    ["weight_decay"] = 0.1,
                    ["load_best_model_at_end"] = true,
                    ["gradient_checkpointing"] = false,
                });
                var few = preferences.Lines(maxCharacters: 300)[..64];
                preferences.Train($"{name}-few", model, few, [], new()
                {
                    ["learning_rate"] = 2e-3,
                    ["per_device_train_batch_size"] = 16,
                    ["num_train_epochs"] = 20,
                    ["gradient_checkpointing"] = false,
                });
                var byHeart = preferences.Measure($"{name}-few-measured", $"{name}-few", few)["eval_accuracy"];
                holds &= byHeart == 1;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {lines.Length - HeldOut} | {figures["eval_accuracy"]:0.000} | {figures["eval_accuracy_low"]:0.000} to {figures["eval_accuracy_high"]:0.000} | {figures["eval_calibration_error"]:0.000} | {100 * byHeart:0.0} % |"));
            }
            return holds ? 0 : 1;
        });
        return command;
    }
}
