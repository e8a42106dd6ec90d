using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Tests.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Peft;

public sealed class AdapterTests
{
    private static readonly long[,] Ids = { { 1, 2, 3, 4, 5, 6 } };

    public static TheoryData<string, string> MethodsAndModels
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var method in PeftMethods.All)
                foreach (var name in new[] { "llama2-mha-untied", "gpt2", "neox-parallel", "qwen2", "llama-reward", "gpt2-reward" })
                    // A tied head has no weights of its own to train.
                    if (method.Name != "head" || name is not ("gpt2" or "qwen2")) rows.Add(method.Name, name);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndModels))]
    public void Attach_EveryMethod_StartsAsTheBaseTrainsOnlyItsOwnAndSwitchesOff(string methodName, string name)
    {
        using var scope = NewDisposeScope();
        using var model = Load(name);
        var before = Output(model);

        using var adapter = Attach(methodName, model);

        Assert.True(Output(model).allclose(before, 1e-6, 1e-6));
        Output(model).sum().backward();
        Assert.All(model.parameters(), parameter => Assert.False(parameter.requires_grad));
        Assert.All(adapter.parameters(), parameter => Assert.True(parameter.requires_grad));
        Assert.Contains(adapter.parameters(), parameter => parameter.grad is not null && parameter.grad.abs().sum().item<float>() > 0);
        Randomise(adapter);
        var changed = Output(model);
        Assert.False(changed.allclose(before, 1e-3, 1e-3));
        adapter.IsEnabled = false;
        Assert.True(Output(model).allclose(before, 0, 0));
        adapter.IsEnabled = true;
        Assert.True(Output(model).allclose(changed, 0, 0));
    }

    [Theory]
    [MemberData(nameof(MethodsAndModels))]
    public void Save_ThenLoad_IsTheSameAdapterAndMergesToTheSameModel(string methodName, string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var trained = Load(name);
        using var adapter = Attach(methodName, trained);
        Randomise(adapter);
        var expected = Output(trained);

        adapter.Save(folder["adapter"], baseModel: name);
        using var fresh = Load(name);
        using var loaded = PeftMethods.Load(fresh, folder["adapter"]);

        Assert.Equal(adapter.GetType(), loaded.GetType());
        Assert.True(Output(fresh).allclose(expected, 1e-6, 1e-6));
        loaded.Merge();
        Assert.True(Output(fresh).allclose(expected, 1e-4, 1e-4));
        ModelFolder.Save(fresh, folder["merged"]);
        using LanguageModel merged = fresh is CausalModel ? ModelFolder.LoadCausal(folder["merged"]) : ModelFolder.LoadClassifier(folder["merged"]);
        Assert.True(Output(merged).allclose(expected, 1e-4, 1e-4));
    }

    [Fact]
    public void Save_Lora_WritesPeftsNamesShapesAndConfig()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Load("llama-reward");
        using var adapter = new LoraMethod().Attach(model, new LoraOptions { Rank = 4, Alpha = 16, TargetModules = ["q_proj", "down_proj"] });

        adapter.Save(folder.Path, "base");

        using var file = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.Equal(
            [
                "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight [4, 20]", "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight [16, 4]",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight [4, 16]", "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight [16, 4]",
                "base_model.model.score.weight [1, 16]",
            ],
            file.Entries.Values.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Order(StringComparer.Ordinal));
        var config = JsonNode.Parse(File.ReadAllText(folder["adapter_config.json"]))!;
        Assert.Equal("""{"peft_type":"LORA","r":4,"lora_alpha":16,"target_modules":["q_proj","down_proj"],"modules_to_save":["score"],"task_type":"SEQ_CLS","base":"base"}""", new JsonObject
        {
            ["peft_type"] = config["peft_type"]!.DeepClone(),
            ["r"] = config["r"]!.DeepClone(),
            ["lora_alpha"] = config["lora_alpha"]!.DeepClone(),
            ["target_modules"] = config["target_modules"]!.DeepClone(),
            ["modules_to_save"] = config["modules_to_save"]!.DeepClone(),
            ["task_type"] = config["task_type"]!.DeepClone(),
            ["base"] = config["base_model_name_or_path"]!.DeepClone(),
        }.ToJsonString());
    }

    [Theory]
    [InlineData(false, 8.0 / 4)]
    [InlineData(true, 8.0 / 2)]
    public void Forward_Lora_AddsScaledBAx(bool isRankStabilised, double scale)
    {
        using var scope = NewDisposeScope();
        using var model = Load("gpt2");
        using var adapter = (LoraAdapter)new LoraMethod().Attach(model, new LoraOptions { Rank = 4, Alpha = 8, IsRankStabilised = isRankStabilised });
        Randomise(adapter);
        var adapted = Output(model);
        adapter.IsEnabled = false;

        // By hand: W of each c_attn plus the update, without any adapter.
        using var noGrad = no_grad();
        var saved = adapter.Saved.ToDictionary(item => item.Name, item => item.Parameter);
        foreach (var (name, layer) in CheckpointMap.Linears(model).Where(item => item.Name.EndsWith("c_attn", StringComparison.Ordinal)))
            layer.weight.add_(saved[$"{name}.lora_B.weight"].mm(saved[$"{name}.lora_A.weight"]).mul(scale));

        Assert.True(Output(model).allclose(adapted, 1e-4, 1e-4));
    }

    [Fact]
    public void Attach_TwoAdapters_AddUpAndComeOffAlone()
    {
        using var scope = NewDisposeScope();
        using var model = Load("qwen2");
        var plain = Output(model);
        using var first = Attach("lora", model);
        Randomise(first);
        var one = Output(model);
        using var second = Attach("lora", model);
        Randomise(second);

        Assert.False(Output(model).allclose(one, 1e-3, 1e-3));
        second.IsEnabled = false;
        Assert.True(Output(model).allclose(one, 0, 0));
        first.IsEnabled = false;
        Assert.True(Output(model).allclose(plain, 0, 0));
    }

    [Fact]
    public void Attach_AllLinear_AdaptsEveryLayerButTheHead()
    {
        using var model = Load("llama2-mha-untied");
        using var adapter = (LoraAdapter)new LoraMethod().Attach(model, new LoraOptions { TargetModules = ["all-linear"] });

        Assert.Equal(2 * 7 * 2, adapter.Saved.Count);   // two blocks of seven layers, two matrices each
        Assert.DoesNotContain(adapter.Saved, item => item.Name.Contains("lm_head", StringComparison.Ordinal));
    }

    [Fact]
    public void Attach_Dropout_OnlyDropsInTraining()
    {
        using var scope = NewDisposeScope();
        using var model = Load("qwen2");
        using var adapter = new LoraMethod().Attach(model, new LoraOptions { Dropout = 0.5 });
        Randomise(adapter);

        adapter.eval();
        Assert.True(Output(model).allclose(Output(model), 0, 0));
        adapter.train();
        Assert.False(Output(model).allclose(Output(model), 1e-3, 1e-3));
    }

    [Fact]
    public void Attach_UnknownTarget_NamesWhatThereIs()
    {
        using var model = Load("gpt2");

        var error = Assert.Throws<InvalidInputException>(() => new LoraMethod().Attach(model, new LoraOptions { TargetModules = ["q_proj"] }));

        Assert.Equal("The target module 'q_proj' matches no layer of this model; it has c_attn, c_proj, c_fc, or all-linear for all of them.", error.Message);
    }

    [Fact]
    public void Attach_TiedHeadToSave_SaysWhyNot()
    {
        using var model = Load("qwen2");

        var error = Assert.Throws<InvalidInputException>(() => new HeadMethod().Attach(model, new HeadOptions()));

        Assert.Contains("'lm_head' has no weights of its own: this model's head is its token embedding.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peft_type", "\"ADALORA\"", "'peft_type' is \"ADALORA\"; expected LORA.")]
    [InlineData("use_dora", "true", "'use_dora' is true; expected false; other LoRA forms are not supported.")]
    [InlineData("r", "5", "of another shape: 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'")]
    [InlineData("modules_to_save", "[\"score\"]", "The module to save 'score' is no linear layer of this model; its head is 'lm_head'.")]
    public void Load_AdapterThatDoesNotFit_SaysWhy(string key, string value, string message)
    {
        using var folder = new TemporaryFolder();
        using var model = Load("qwen2");
        using (var adapter = Attach("lora", model)) adapter.Save(folder.Path, "base");
        var config = JsonNode.Parse(File.ReadAllText(folder["adapter_config.json"]))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(folder["adapter_config.json"], config.ToJsonString());

        var error = Assert.Throws<ModelFileException>(() => PeftMethods.Load(model, folder.Path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static LanguageModel Load(string name) =>
        name.EndsWith("reward", StringComparison.Ordinal) ? ModelFolder.LoadClassifier(ModelFixtures.Folder(name)) : ModelFolder.LoadCausal(ModelFixtures.Folder(name));

    private static Adapter Attach(string methodName, LanguageModel model)
    {
        manual_seed(1);
        var method = PeftMethods.Find(methodName)!;
        return method.Attach(model, Activator.CreateInstance(method.OptionsType)!);
    }

    private static void Randomise(Adapter adapter)
    {
        using var noGrad = no_grad();
        foreach (var parameter in adapter.parameters()) nn.init.normal_(parameter, 0, 0.3);
    }

    private static Tensor Output(LanguageModel model) =>
        model is CausalModel causal ? causal.forward(tensor(Ids)) : ((SequenceClassifier)model).forward(tensor(Ids), tensor(new long[] { 6 }));
}
