using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Worker.Tests.Serving;

/// <summary>A folder of models as a server has it: a base model that writes, adapters over it, a reward model, and an adapter that scores.</summary>
internal static class ServedModels
{
    public const string Base = "tiny";
    public const string Warm = "adapters/warm";
    public const string Cold = "adapters/cold";
    public const string Reward = "reward";
    public const string RewardAdapter = "adapters/reward";

    public static void Write(string folder)
    {
        using var tiny = new TinyModel();
        var home = Path.Combine(folder, Base);
        Directory.CreateDirectory(home);
        foreach (var file in Directory.GetFiles(tiny.Folder)) File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
        WriteAdapter(folder, Warm, seed: 1);
        WriteAdapter(folder, Cold, seed: 2);
        using (var reward = ModelFolder.StartClassifier(home, ["reward"], padId: 0, seed: 5)) ModelFolder.Save(reward, Path.Combine(folder, Reward), companionsFrom: home);
        using var scorer = ModelFolder.StartClassifier(home, ["reward"], padId: 0, seed: 7);
        Save(scorer, Path.Combine(folder, RewardAdapter), home, seed: 3);
    }

    /// <summary>Writes an adapter that says something else than the base, in one go where one lies already.</summary>
    public static void WriteAdapter(string folder, string name, int seed)
    {
        var (home, place) = (Path.Combine(folder, Base), Path.Combine(folder, name));
        using var model = ModelFolder.LoadCausal(home);
        if (!Directory.Exists(place))
        {
            Save(model, place, home, seed);
            return;
        }
        var fresh = Path.Combine(folder, $".{Guid.NewGuid():N}");
        Save(model, fresh, home, seed);
        File.Move(Path.Combine(fresh, "adapter_model.safetensors"), Path.Combine(place, "adapter_model.safetensors"), overwrite: true);
        Directory.Delete(fresh, recursive: true);
    }

    private static void Save(LanguageModel model, string place, string home, int seed)
    {
        manual_seed(seed);
        using var adapter = PeftMethods.Find("lora")!.Attach(model, new LoraOptions());
        using (no_grad())
        {
            foreach (var parameter in adapter.parameters()) TorchSharp.torch.nn.init.normal_(parameter, 0, 0.3);
        }
        adapter.Save(place, home);
    }
}
