using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Worker.Tests.Verbs;

public sealed class MergeVerbTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Merge_ThenGenerate_WritesWhatModelAndAdapterWrite()
    {
        using var folder = new TemporaryFolder();
        SaveAdapter(folder["adapter"]);

        var merged = Verb.Run("merge", "--model", model.Folder, "--adapter", folder["adapter"], "--output", folder["merged"]);

        Assert.Equal((0, $"The merged model is in {folder["merged"]}.\n"), (merged.ExitCode, merged.Output));
        string[] prompt = ["--prompt", "Once", "--greedy", "--max-new-tokens", "12", "--ignore-end", "--json"];
        var plain = Verb.Run(["generate", "--model", model.Folder, .. prompt]).Json.Single();
        var adapted = Verb.Run(["generate", "--model", model.Folder, "--adapter", folder["adapter"], .. prompt]).Json.Single();
        var whole = Verb.Run(["generate", "--model", folder["merged"], .. prompt]).Json.Single();
        Assert.NotEqual(plain.GetProperty("text").GetString(), adapted.GetProperty("text").GetString());
        Assert.Equal(adapted.GetProperty("text").GetString(), whole.GetProperty("text").GetString());
    }

    [Fact]
    public void Score_WithAdapter_DiffersFromThePlainModel()
    {
        using var folder = new TemporaryFolder();
        SaveAdapter(folder["adapter"]);
        var data = model.Write("score.jsonl", "{\"text\": \"Once upon a time\"}");

        var plain = Verb.Run("score", "--model", model.Folder, "--data", data, "--json");
        var adapted = Verb.Run("score", "--model", model.Folder, "--adapter", folder["adapter"], "--data", data, "--json");

        Assert.Equal((0, 0), (plain.ExitCode, adapted.ExitCode));
        Assert.NotEqual(plain.Output, adapted.Output);
    }

    [Fact]
    public void Merge_IntoAFolderWithFiles_RefusesAndLeavesItAlone() =>
        Verb.Run("merge", "--model", model.Folder, "--adapter", "x", "--output", model.Folder).AssertRefused(1, "is there already; expected a new or an empty folder.");

    [Fact]
    public void Merge_NoAdapter_NamesTheFolder() =>
        Verb.Run("merge", "--model", model.Folder, "--adapter", "/none", "--output", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())).AssertRefused(1, "The adapter folder /none does not exist.");

    private void SaveAdapter(string folder)
    {
        using var causal = ModelFolder.LoadCausal(model.Folder);
        using var adapter = new LoraMethod().Attach(causal, new LoraOptions { TargetModules = ["all-linear"] });
        using (var noGrad = no_grad())
            foreach (var parameter in adapter.parameters()) nn.init.normal_(parameter, 0, 0.5);
        adapter.Save(folder, model.Folder);
    }
}
