using System.Globalization;
using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Languages;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class OptionFormTests : IDisposable
{
    private readonly CultureInfo before = CultureInfo.CurrentUICulture;

    public static TheoryData<string> Kinds => [.. RoundDraft.Kinds];

    public void Dispose() => CultureInfo.CurrentUICulture = before;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_EachKind_HasEveryOptionThatItsRecordHas(string kind)
    {
        var record = RunOptions.ToJson(Activator.CreateInstance(TrainerKinds.Find(kind)!.OptionsType)!);
        var names = record.SelectMany(option => option.Value is JsonObject inner ? inner.Select(entry => $"{option.Key}.{entry.Key}") : [option.Key]).Except(["reward_model_path", "held_out_reward_model_path"]);

        var fields = OptionForm.Of(kind).Where(field => field.Group != "stage").ToList();

        Assert.Equal(names.Order(), fields.Select(field => field.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_EachKind_BindsWhatItsFieldsShowByDefault(string kind)
    {
        JsonObject options = [];
        foreach (var field in OptionForm.Of(kind).Where(field => field.Group is null))
        {
            Assert.Null(field.Read(field.Show(field.Default), out var value));
            options[field.Name] = value;
        }

        Assert.Null(new TrainerCatalogue().FindFault(kind, kind == "classify" ? new JsonObject { ["labels"] = new JsonArray("a", "b") } : options));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Of_EachKind_BeginsWithTheImportantFields(string kind)
    {
        var fields = OptionForm.Of(kind);

        Assert.Equal("learning_rate", fields[0].Name);
        Assert.Equal(fields.Count(field => field.IsImportant), fields.TakeWhile(field => field.IsImportant).Count());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Texts_OfEachKind_AreKnownToTheLanguages(string kind)
    {
        CultureInfo.CurrentUICulture = Language.Pseudo.Culture;

        Assert.All(OptionForm.Of(kind), field => Assert.Equal(("⟦", "⟦"), (field.Label[..1], field.Help[..1])));
    }

    [Fact]
    public void Label_OfAnotherReader_IsInTheirLanguage()
    {
        CultureInfo.CurrentUICulture = Language.All[0].Culture;
        Assert.Equal("Learning rate", Field("learning_rate").Label);

        CultureInfo.CurrentUICulture = Language.Of("de")!.Culture;

        Assert.Equal("Lernrate", Field("learning_rate").Label);
    }

    [Fact]
    public void Of_Ppo_KnowsWhatEachFieldMayBe()
    {
        var fields = OptionForm.Of("ppo").ToDictionary(field => field.Name);

        Assert.Equal((OptionKind.Number, 0.0, 10.0), (fields["learning_rate"].Kind, fields["learning_rate"].Least, fields["learning_rate"].Most));
        Assert.Equal(["lora", "head"], fields["peft_method"].Choices);
        Assert.Equal(["k1", "k3"], fields["kl_estimator"].Choices);   // the record allows two of three
        Assert.True(fields["kl_target"].IsNullable);
        Assert.False(fields["kl_coef"].IsNullable);
        Assert.Equal(OptionKind.Texts, fields["lora.target_modules"].Kind);
        Assert.Equal(["auto", "float32", "bfloat16", "float16"], fields["stage.d_type"].Choices);
    }

    [Theory]
    [InlineData("learning_rate", "2e-5", "2E-05")]
    [InlineData("learning_rate", " 0.5 ", "0.5")]
    [InlineData("kl_target", "", "null")]
    [InlineData("max_steps", "-1", "-1")]
    [InlineData("gradient_checkpointing", "false", "false")]
    [InlineData("lora.target_modules", "q_proj, v_proj,", """["q_proj","v_proj"]""")]
    public void Read_RightText_IsItsJson(string name, string text, string json)
    {
        var fault = Field(name).Read(text, out var value);

        Assert.Null(fault);
        Assert.Equal(json, value?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("learning_rate", "fast", "Learning rate must be a number from 0 to 10, written such as 0.05 or 2e-5.")]
    [InlineData("learning_rate", "11", "Learning rate must be a number from 0 to 10, written such as 0.05 or 2e-5.")]
    [InlineData("learning_rate", "0,5", "Learning rate must be a number from 0 to 10, written such as 0.05 or 2e-5.")]
    [InlineData("kl_coef", "1e400", "KL price must be a number from 0 to 1000, written such as 0.05 or 2e-5.")]
    [InlineData("per_device_train_batch_size", "0", "Batch size must be a whole number from 1 to 65536.")]
    [InlineData("per_device_train_batch_size", "1.5", "Batch size must be a whole number from 1 to 65536.")]
    [InlineData("per_device_train_batch_size", "99999999999999999999", "Batch size must be a whole number from 1 to 65536.")]
    [InlineData("per_device_train_batch_size", " ", "Batch size may not be empty.")]
    public void Read_WrongText_SaysWhatWouldBeRight(string name, string text, string sentence)
    {
        Assert.Equal(sentence, Field(name).Read(text, out var value));
        Assert.Null(value);
    }

    [Theory]
    [InlineData(2e-5, "2e-5")]
    [InlineData(0.05, "0.05")]
    [InlineData(1e-8, "1e-8")]
    [InlineData(0, "0")]
    [InlineData(12, "12")]
    [InlineData(1e12, "1e12")]
    public void Number_IsShort(double value, string text) => Assert.Equal(text, OptionField.Number(value));

    private static OptionField Field(string name) => OptionForm.Of("ppo").Single(field => field.Name == name);
}
