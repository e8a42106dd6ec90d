using RlhfHub.Training.Models;
using RlhfHub.Training.Serving;
using RlhfHub.Training.Tests.Models;

namespace RlhfHub.Training.Tests.Serving;

public sealed class ModelCatalogueTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void List_RunsAdaptersAndModels_NamesThemByTheirPlace()
    {
        Copy("base/one");
        Copy("runs/7/output");
        Copy("runs/7/.writing-output");
        WriteAdapter("runs/8/checkpoints/step-20", "../../../../base/one", "CAUSAL_LM");
        WriteAdapter("judge", "one", "SEQ_CLS");
        Directory.CreateDirectory(folder["models", "empty"]);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder["models", "broken"]).FullName, "config.json"), "{");

        var catalogue = new ModelCatalogue(folder["models"]);
        var entries = catalogue.List();

        Assert.Equal(["base/one", "judge", "runs/7/output", "runs/8/checkpoints/step-20"], entries.Select(entry => entry.Id));
        Assert.Equal([false, true, false, true], entries.Select(entry => entry.IsAdapter));
        Assert.Equal([false, true, false, false], entries.Select(entry => entry.IsScorer));
        Assert.Equal(folder["models", "base", "one"], catalogue.BaseOf(entries[3]));
        Assert.Contains("'base_model_name_or_path' is \"one\"", Assert.Throws<ModelFileException>(() => catalogue.BaseOf(entries[1])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base/one", true)]
    [InlineData("base", false)]
    [InlineData("", false)]
    [InlineData("base/../base/one", false)]
    [InlineData("../models/base/one", false)]
    [InlineData("/etc", false)]
    [InlineData("base\\one", false)]
    [InlineData("runs/7/.writing-output", false)]
    public void Find_ANameThatIsNoPath_FindsWhatIsBelowTheFolderOnly(string id, bool isThere)
    {
        Copy("base/one");
        Copy("runs/7/.writing-output");

        Assert.Equal(isThere, new ModelCatalogue(folder["models"]).Find(id) is not null);
    }

    [Fact]
    public void List_AFolderThatIsAModel_HasThatAlone()
    {
        Copy("one");

        var catalogue = new ModelCatalogue(folder["models", "one"]);

        Assert.Equal("one", Assert.Single(catalogue.List()).Id);
        Assert.NotNull(catalogue.Find("one"));
    }

    private void Copy(string id)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder["models"], id)).FullName;
        foreach (var file in Directory.GetFiles(ModelFixtures.Folder("qwen3"))) File.Copy(file, Path.Combine(place, Path.GetFileName(file)));
    }

    private void WriteAdapter(string id, string baseModel, string task)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder["models"], id)).FullName;
        File.WriteAllText(Path.Combine(place, "adapter_config.json"), $$"""{"peft_type": "LORA", "task_type": "{{task}}", "base_model_name_or_path": "{{baseModel}}"}""");
    }
}
