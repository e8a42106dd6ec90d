using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;

namespace RlhfHub.Training.Peft;

/// <summary>A saved adapter, opened.</summary>
internal sealed class AdapterFiles : IDisposable
{
    public const string ConfigFile = "adapter_config.json";
    public const string Stem = "adapter_model";

    private readonly SafetensorsFolder weights;

    private AdapterFiles(ConfigReader config, SafetensorsFolder weights) => (Config, this.weights) = (config, weights);

    public ConfigReader Config { get; }

    public ISafetensorsSource Weights => weights;

    public string PeftType => Config.Text("peft_type");

    /// <exception cref="ModelFileException">A file is missing or broken.</exception>
    public static AdapterFiles Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new ModelFileException($"The adapter folder {folder} does not exist.");
        var config = Path.Combine(folder, ConfigFile);
        if (!File.Exists(config)) throw new ModelFileException($"{config} was not found; an adapter folder as PEFT saves it holds {ConfigFile} and {Stem}.safetensors.");
        return new(ConfigReader.Open(config), SafetensorsFolder.Open(folder, Stem));
    }

    /// <summary>Whether the adapter scores texts; else it writes.</summary>
    public static bool IsForScores(ConfigReader config) => config.Text("task_type", "CAUSAL_LM") == "SEQ_CLS";

    public void Dispose() => weights.Dispose();
}
