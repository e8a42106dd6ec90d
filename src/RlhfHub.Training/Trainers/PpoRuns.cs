using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Trainers;

/// <summary>How a run of PPO reads its prompts and loads its models.</summary>
internal static class PpoRuns
{
    public static bool Ppo(RunSession session, PpoOptions options)
    {
        var parts = new RunInputs(session);
        if (options.ResponseLength >= parts.Config.ContextLength)
            throw new InvalidInputException($"{session.Folder.SpecFile}: 'options.response_length' is {options.ResponseLength}; the model's context is {parts.Config.ContextLength}, of which the prompt needs some.");
        if (options.StopToken is not null && parts.EndIds.Count == 0)
            throw new InvalidInputException($"{parts.Folder}: the model names no end-of-text token, so 'options.stop_token' cannot be eos; expected null.");
        var encoder = new ExampleTokenizer(parts.Tokenizer, parts.Template, new() { MaxLength = parts.Config.ContextLength, MaxPromptLength = parts.Config.ContextLength - options.ResponseLength });
        IReadOnlyList<TokenPrompt> Read(string role) => [.. session.Spec.DataFiles(session.Folder, role).SelectMany(file => DatasetFile.Read(file, PromptOnly.Format)).Select(encoder.Encode)];
        var prompts = Read("prompts");
        if (prompts.Count == 0) throw new InvalidInputException($"{session.Folder.SpecFile}: 'data' has no prompts in files with the role 'prompts'; expected at least one.");
        var validation = Read("validation");
        var shown = (validation.Count > 0 ? validation : prompts).Take(options.SampleCount).ToArray();

        var width = (int)prompts.Average(prompt => prompt.Ids.Length) + options.ResponseLength;
        session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize * width);
        using var models = new PpoModels(session, parts, options);
        session.Describe(options.PerDeviceTrainBatchSize, ModelDType.NameOf(models.Model.Decoder.DType));
        using var trainer = new PpoTrainer(session, parts, models, prompts, shown, options);
        if (!trainer.Run()) return false;
        RunOutput.Write(session, options, trainer.Results, models.Policy);
        return true;
    }
}
