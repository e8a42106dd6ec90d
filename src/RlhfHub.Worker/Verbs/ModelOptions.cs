using System.CommandLine;
using RlhfHub.Training;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Worker.Verbs;

/// <summary>The options of every verb that loads a model.</summary>
internal sealed class ModelOptions
{
    public Option<string> Model { get; } = new("--model") { Description = "Model folder in Hugging Face format.", HelpName = "DIR", Required = true };

    public Option<string?> Adapter { get; } = new("--adapter") { Description = "An adapter as PEFT saves it, trained on this model.", HelpName = "DIR" };

    public Option<string> Device { get; } = new("--device") { Description = $"Where to compute: {DeviceChoice.Accepted}.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };

    public Option<string> DType { get; } = new("--dtype") { Description = "Type of the weights; auto takes the folder's own.", HelpName = "TYPE", DefaultValueFactory = _ => "auto" };

    public Option<int?> Threads { get; } = new("--threads") { Description = "Threads on the CPU; chosen by the amount of work when not given.", HelpName = "N" };

    public ModelOptions() => DType.AcceptOnlyFromAmong("auto", "float32", "bfloat16", "float16");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Model, Adapter, Device, DType, Threads }) command.Options.Add(option);
    }

    /// <summary>Readies libtorch for the model: the device, and the number of threads.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="rows">How many texts the model will work on at once.</param>
    /// <exception cref="InvalidInputException">The device is not there, or the number of threads is none.</exception>
    public (string Folder, Device Device, ScalarType? DType) Prepare(ParseResult parsed, int rows)
    {
        var folder = parsed.GetRequiredValue(Model);
        var config = ModelConfig.Load(folder);
        var threads = parsed.GetValue(Threads);
        if (threads is < 1 or > 1024) throw new InvalidInputException($"--threads is {threads}; expected 1 to 1024.");
        var device = DeviceChoice.Resolve(parsed.GetValue(Device)!);
        ThreadChoice.Apply(config.Decoder, rows, threads);
        return (folder, device, ModelDType.Parse(parsed.GetValue(DType)!));
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON lines." };
}
