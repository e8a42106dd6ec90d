using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class RunSpecTests : IDisposable
{
    private readonly RunSample sample = new();

    private string SpecFile => sample.Folder.SpecFile;

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        sample.Spec = sample.Spec with
        {
            Adapter = "../models/lora",
            Seed = 7,
            Device = "cuda:1",
            DType = "bfloat16",
            Options = new JsonObject { ["learning_rate"] = 2e-5, ["packing"] = false },
        };
        sample.WithData("train.jsonl", "{\"prompt\":\"ü\"}\n\n{\"prompt\":\"b\"}").WithData("more/held.jsonl", "{}\n", "validation");

        var read = RunSpec.Read(RunFolder.Open(sample.Folder.Path));

        Assert.True(JsonNode.DeepEquals(sample.Spec.Options, read.Options));
        Assert.Equal(sample.Spec.Data, read.Data);
        Assert.Equal(sample.Spec with { Options = read.Options, Data = read.Data }, read);
        Assert.Equal([2, 1], read.Data.Select(file => file.Rows));
        Assert.Equal([Path.Combine(sample.Folder.DataFolder, "more", "held.jsonl")], read.DataFiles(sample.Folder, "validation"));
        read.VerifyData(sample.Folder);
    }

    [Fact]
    public void Read_SmallestFile_HasTheDefaults()
    {
        File.WriteAllText(SpecFile, """{"kind":"pretrain"}""");

        var read = RunSpec.Read(sample.Folder);

        Assert.Equal((1, 42, "auto", "auto"), (read.SchemaVersion, read.Seed, read.Device, read.DType));
        Assert.Empty(read.Options);
    }

    [Fact]
    public void Read_ManyThingsWrong_SaysAllOfThem()
    {
        File.WriteAllText(SpecFile, """
            {"schemaVersion":1,"kind":7,"sead":3,"seed":"x","device":false,"data":[{"path":"a.jsonl","role":"train","rows":1},3],"notes":"hm"}
            """);

        var error = Assert.Throws<InvalidInputException>(() => RunSpec.Read(sample.Folder));

        Assert.Equal(
            [
                $"{SpecFile}: 'kind' is 7; expected a text.",
                $"{SpecFile}: 'sead' is unknown; did you mean 'seed'?",
                $"{SpecFile}: 'seed' is \"x\"; expected a whole number.",
                $"{SpecFile}: 'device' is false; expected a text.",
                $"{SpecFile}: 'data[0].sha256' is missing; expected a text.",
                $"{SpecFile}: 'data[1]' is 3; expected an object.",
                $"{SpecFile}: 'notes' is unknown; expected one of schemaVersion, kind, baseModel, adapter, options, seed, device, dtype, data.",
            ],
            error.Message.Split('\n'));
    }

    [Fact]
    public void Read_ValuesThatMakeNoSense_SaysWhatWouldBeRight()
    {
        var hash = new string('a', 64);
        File.WriteAllText(SpecFile, $$"""
            {"kind":"sfft","device":"gpu","dtype":"fp8","adapter":"",
             "data":[{"path":"../secret.jsonl","role":"Train","sha256":"AB","rows":-1},{"path":"a.jsonl","role":"train","sha256":"{{hash}}","rows":1},{"path":"a.jsonl","role":"train","sha256":"{{hash}}","rows":1}]}
            """);

        var error = Assert.Throws<InvalidInputException>(() => RunSpec.Read(sample.Folder));

        Assert.Equal(
            [
                $"{SpecFile}: 'kind' is \"sfft\"; expected one of pretrain, sft, reward, classify, ppo, dpo, generate, evaluate.",
                $"{SpecFile}: 'baseModel' is missing; expected the folder of a model.",
                $"{SpecFile}: 'adapter' is empty; expected the folder of an adapter, or null.",
                $"{SpecFile}: 'device' is \"gpu\"; expected auto, cpu, cuda or cuda:N.",
                $"{SpecFile}: 'dtype' is \"fp8\"; expected one of auto, float32, bfloat16, float16.",
                $"{SpecFile}: 'data[0].path' is \"../secret.jsonl\"; expected a relative path below data/, such as \"train.jsonl\".",
                $"{SpecFile}: 'data[0].role' is \"Train\"; expected a lower-case word such as train, validation or prompts.",
                $"{SpecFile}: 'data[0].sha256' is \"AB\"; expected 64 lower-case hexadecimal digits.",
                $"{SpecFile}: 'data[0].rows' is -1; expected 0 or more.",
                $"{SpecFile}: 'data' lists \"a.jsonl\" 2 times; expected each file once.",
            ],
            error.Message.Split('\n'));
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"kind":"new","what":1}""", ": 'schemaVersion' is 2; this version of RlhfHub reads 1.")]
    [InlineData("""["sft"]""", " is no JSON object.")]
    [InlineData("""{"kind":"sft",""", " is not valid JSON: ")]
    [InlineData("""{"kind":"sft","kind":"ppo"}""", " is not valid JSON: ")]
    [InlineData("""{"kind":"\ud800"}""", " is not valid JSON: ")]
    public void Read_NoSpecOfThisVersion_SaysOneThing(string text, string expected)
    {
        File.WriteAllText(SpecFile, text);

        var error = Assert.Throws<InvalidInputException>(() => RunSpec.Read(sample.Folder));

        Assert.StartsWith(SpecFile + expected, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.jsonl")]
    [InlineData("./a.jsonl")]
    [InlineData("a//b.jsonl")]
    [InlineData("..\\a.jsonl")]
    [InlineData("")]
    public void Write_PathThatCouldLeaveTheFolder_Refuses(string path)
    {
        var spec = sample.Spec with { Data = [new RunDataFile { Path = path, Role = "train", Sha256 = new string('0', 64), Rows = 0 }] };

        Assert.Throws<InvalidInputException>(() => spec.Write(sample.Folder));
        Assert.Throws<InvalidInputException>(() => spec.VerifyData(sample.Folder));
        Assert.False(File.Exists(SpecFile));
    }

    [Fact]
    public void VerifyData_ChangedMissingAndLinked_NamesEach()
    {
        sample.WithData("a.jsonl", "{\"a\":1}\n").WithData("b.jsonl", "{}\n").WithData("c/d.jsonl", "{}\n").WithData("e.jsonl", "{}\n");
        string File_(string name) => Path.Combine(sample.Folder.DataFolder, name);
        File.WriteAllText(File_("a.jsonl"), "{\"a\":2}\n");
        File.Delete(File_("b.jsonl"));
        Directory.Move(File_("c"), sample.Elsewhere);
        Directory.CreateSymbolicLink(File_("c"), sample.Elsewhere);

        var error = Assert.Throws<InvalidInputException>(() => sample.Spec.VerifyData(sample.Folder));

        var sentences = error.Message.Split('\n');
        Assert.Equal(3, sentences.Length);
        Assert.Equal($"{File_("a.jsonl")} was changed since the run was made: its SHA-256 is {RunDataFile.Describe(sample.Folder, "a.jsonl", "train").Sha256}; run.json says {sample.Spec.Data[0].Sha256}.", sentences[0]);
        Assert.Equal($"{File_("b.jsonl")} was not found; run.json lists it for 'train'.", sentences[1]);
        Assert.Equal($"{File_("c")} is a link; expected a file or folder of the run itself.", sentences[2]);
    }

    [Fact]
    public void VerifyData_WrongRows_SaysBothNumbers()
    {
        sample.WithData("a.jsonl", "{}\n  \r\n{}");
        var spec = sample.Spec with { Data = [sample.Spec.Data[0] with { Rows = 3 }] };

        var error = Assert.Throws<InvalidInputException>(() => spec.VerifyData(sample.Folder));

        Assert.EndsWith("a.jsonl has 2 rows; run.json says 3.", error.Message);
    }
}
