using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Simulation;

namespace RlhfHub.Training.Trainers;

/// <summary>
/// Has two models answer the same prompts and a reward model say which reply is better. It is the reward model's word, not people's: a model trained against it
/// is flattered by it, so that a reward model which it was not trained against says more.
/// </summary>
internal static class EvaluateReplies
{
    private const int ShownReplies = 4;

    /// <summary>Measures, and writes the figures.</summary>
    /// <returns>False when the hub stopped it.</returns>
    public static bool Run(RunSession session, RunInputs inputs, EvaluateOptions options)
    {
        if (options.ResponseLength >= inputs.Config.ContextLength)
            throw new InvalidInputException($"{session.Folder.SpecFile}: 'options.response_length' is {options.ResponseLength}; the model's context is {inputs.Config.ContextLength}, of which the prompt needs some.");
        var adapter = session.Spec.Adapter is { } given ? session.Folder.Resolve(given) : null;
        var other = options.CompareWith is { } folder ? session.Folder.Resolve(folder)
            : adapter is not null ? inputs.Folder
            : throw new InvalidInputException($"{session.Folder.SpecFile}: 'options.compare_with' is missing; expected the folder of the model or adapter to compare with.");
        var otherIsAdapter = File.Exists(Path.Combine(other, AdapterFiles.ConfigFile));
        if (!otherIsAdapter && !RewardModel.HasSameTokenizer(other, inputs.Folder))
            throw new InvalidInputException($"{other}: the model to compare with has another tokenizer than {inputs.Folder}; expected one trained from the same base model.");
        var encoder = new ExampleTokenizer(inputs.Tokenizer, inputs.Template, new() { MaxLength = inputs.Config.ContextLength, MaxPromptLength = inputs.Config.ContextLength - options.ResponseLength });
        int[][] prompts = [.. session.Spec.DataFiles(session.Folder, "validation").SelectMany(file => DatasetFile.Read(file, PromptOnly.Format)).Select(row => encoder.Encode(row).Ids)];

        session.Prepare(inputs.Config.Decoder, options.PerDeviceEvalBatchSize);
        session.Describe(options.PerDeviceEvalBatchSize, session.Spec.DType);
        session.Log.Append(new StateEvent(RunState.Running));
        // One after another: never more than one model is in memory.
        if (!session.MayGoOn(() => { })) return false;
        var replies = Answer(session, inputs, options, inputs.Folder, adapter, prompts);
        session.Progress(1, 3);
        if (!session.MayGoOn(() => { })) return false;
        var otherReplies = Answer(session, inputs, options, otherIsAdapter ? inputs.Folder : other, otherIsAdapter ? other : null, prompts);
        session.Progress(2, 3);
        if (!session.MayGoOn(() => { })) return false;
        var (scores, otherScores) = Score(session, inputs, options, prompts, replies, otherReplies);
        session.Progress(3, 3);

        for (var i = 0; i < Math.Min(ShownReplies, prompts.Length); i++)
        {
            var prompt = inputs.Tokenizer.Decode(prompts[i]);
            session.Log.Append(new SampleEvent(0, prompt, otherReplies[i].Text, SampleTime.Before, otherScores[i]));
            session.Log.Append(new SampleEvent(0, prompt, replies[i].Text, SampleTime.After, scores[i]));
        }
        var metrics = Figures(scores, otherScores);
        metrics["eval_responses_len_mean"] = replies.Average(reply => reply.Tokens.Count);
        metrics["eval_compared_responses_len_mean"] = otherReplies.Average(reply => reply.Tokens.Count);
        session.Log.Append(new MetricEvent(0, metrics));
        RunOutput.Write(session, options, metrics);
        return true;
    }

    /// <summary>The win rate of the first scores over the second, equal ones counting half, with Wilson's 95 % interval, and what it rests on.</summary>
    internal static Dictionary<string, double> Figures(IReadOnlyList<float> scores, IReadOnlyList<float> others)
    {
        var signs = scores.Zip(others, (one, other) => Math.Sign(one - other)).ToArray();
        var won = WinRate.OfJudgments(signs.Count(sign => sign > 0), signs.Count(sign => sign == 0), signs.Count(sign => sign < 0));
        return new()
        {
            ["eval_win_rate"] = won.Rate,
            ["eval_win_rate_low"] = won.Low,
            ["eval_win_rate_high"] = won.High,
            ["eval_prompts"] = won.Count,
            ["eval_score"] = scores.Average(),
            ["eval_compared_score"] = others.Average(),
        };
    }

    private static IReadOnlyList<GenerationResult> Answer(RunSession session, RunInputs inputs, EvaluateOptions options, string folder, string? adapterFolder, int[][] prompts)
    {
        using var model = ModelFolder.LoadCausal(folder, session.Device, inputs.DType);
        using var adapter = adapterFolder is null ? null : PeftMethods.Load(model, adapterFolder);
        adapter?.eval();
        GenerationRequest[] requests =
        [
            .. prompts.Select((prompt, i) => new GenerationRequest
            {
                Prompt = prompt,
                Options = new() { MaxNewTokens = options.ResponseLength, Temperature = options.Temperature, Seed = session.Spec.Seed + i },
            }),
        ];
        return TextGenerator.Run(model, inputs.Tokenizer, requests, options.PerDeviceEvalBatchSize, inputs.EndIds);
    }

    private static (float[] Scores, float[] Others) Score(
        RunSession session, RunInputs inputs, EvaluateOptions options, int[][] prompts, IReadOnlyList<GenerationResult> replies, IReadOnlyList<GenerationResult> others)
    {
        using var reward = RewardModel.Load(session.Folder.Resolve(options.RewardModelPath!), session, inputs);
        return (Of(replies), Of(others));

        float[] Of(IReadOnlyList<GenerationResult> results) =>
            reward.Score([.. prompts.Zip(results, (prompt, result) => (IReadOnlyList<int>)[.. prompt, .. result.Tokens])], options.PerDeviceEvalBatchSize);
    }
}
