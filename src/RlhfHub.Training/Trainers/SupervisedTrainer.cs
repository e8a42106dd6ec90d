using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Tokenization;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>The loop of every trainer that learns from fixed examples. What it learns is the objective's business.</summary>
internal sealed class SupervisedTrainer<TExample>(RunSession session, TrainableModel trainable, Tokenizer tokenizer, IReadOnlyList<int> endIds, Objective<TExample> objective, TrainingOptions options) : IDisposable
{
    private const string OptimizerFile = "optimizer.safetensors";
    private const int MaxNonsenseSteps = 5;
    private const string GainKey = "validations_without_gain";
    private const string ReportPrefix = "report/";
    private const string SumsPrefix = "since-report/";

    private readonly AdamW optimizer = new(trainable.Parameters, new AdamWOptions
    {
        Beta1 = options.AdamBeta1,
        Beta2 = options.AdamBeta2,
        Epsilon = options.AdamEpsilon,
        WeightDecay = options.WeightDecay,
        MaxGradientNorm = options.MaxGradNorm,
    });

    private readonly BatchOrder order = new(
        objective.Train.Count, new BatchOrderOptions { BatchSize = options.StepSize, Seed = session.Spec.Seed, GroupByLength = true }, [.. objective.Train.Select(objective.Length)]);

    private int microBatch = options.PerDeviceTrainBatchSize;
    private long step;
    private long tokensSeen;
    private BestResult? best;
    private int validationsWithoutGain;
    private int nonsenseSteps;
    private MetricSums sums = new();   // since the last report
    private Dictionary<string, double> lastReport = [];
    private (long Step, Dictionary<string, double> Metrics)? lastValidation;

    /// <summary>Once trained: the last training metrics, and the validation metrics of the weights that training ended with.</summary>
    public IReadOnlyDictionary<string, double> Results { get; private set; } = new Dictionary<string, double>();

    private long TotalSteps => options.MaxSteps > 0 ? options.MaxSteps : Math.Max(1, (long)Math.Ceiling(options.NumTrainEpochs * order.BatchesPerEpoch));

    private int ValidationInterval => options.EvalSteps > 0 ? options.EvalSteps : order.BatchesPerEpoch;

    /// <summary>Trains to the end, or until the hub wants it to stop.</summary>
    /// <returns>Whether it came to the end.</returns>
    public bool Run()
    {
        objective.Prepare(options.PerDeviceEvalBatchSize);
        if (!Resume())
        {
            session.Log.Append(new StateEvent(RunState.Running, Steps: TotalSteps));
            Sample(SampleTime.Before);
            Validate();
        }
        var schedule = new LearningRateSchedule
        {
            Kind = options.LrSchedulerType,
            PeakRate = options.LearningRate,
            TotalSteps = TotalSteps,
            WarmupSteps = options.WarmupSteps > 0 ? options.WarmupSteps : LearningRateSchedule.WarmupStepsOf(options.WarmupRatio, TotalSteps),
        };

        while (step < TotalSteps && !IsOutOfPatience)
        {
            if (!session.MayGoOn(() => Save())) return false;
            var examples = order.Batch(step).Select(i => objective.Train[i]).ToArray();
            var rate = schedule.At(step);
            Accumulate(examples);
            var gradientNorm = optimizer.Step(rate);
            step++;
            GuardAgainstNonsense(gradientNorm);
            sums.Add("grad_norm", gradientNorm, 1);
            tokensSeen += examples.Sum(objective.TokenCount);
            if (step % options.LoggingSteps == 0 || step == TotalSteps)
            {
                Report(rate);
                sums = new MetricSums();
            }
            session.Progress(step, TotalSteps);
            if (step % ValidationInterval == 0 || step == TotalSteps) Validate();
            if (step % options.SaveSteps == 0 || session.IsCheckpointWanted) Save();
        }
        var weightsFrom = options.LoadBestModelAtEnd && best is { } winner ? winner.Step : step;
        if (weightsFrom != step) trainable.Restore(session.Folder.CheckpointFolder(weightsFrom));
        Sample(SampleTime.After);
        Results = ResultsOf(weightsFrom);
        return true;
    }

    public void Dispose() => optimizer.Dispose();

    private bool IsOutOfPatience => options.EarlyStoppingPatience > 0 && validationsWithoutGain >= options.EarlyStoppingPatience;

    /// <summary>A step whose gradient is no number moved nothing. One may be chance; several in a row will not get better.</summary>
    private void GuardAgainstNonsense(double gradientNorm)
    {
        nonsenseSteps = double.IsFinite(gradientNorm) ? 0 : nonsenseSteps + 1;
        if (nonsenseSteps == 0) return;
        if (nonsenseSteps >= MaxNonsenseSteps)
            throw new TrainingDivergedException($"The gradient was no number in {nonsenseSteps} steps in a row, up to step {step}; a lower learning_rate or max_grad_norm is what helps most often.");
        session.Log.Append(new LogEvent($"Step {step} was left out: its gradient was no number.", RunLogLevel.Warning));
    }

    /// <summary>Adds up the gradients of one step, in passes that fit the memory.</summary>
    private void Accumulate(TExample[] examples)
    {
        trainable.SetTraining(true);
        while (true)
        {
            var stepSums = new MetricSums();
            // Dropout must be the same when the step is computed again in smaller passes.
            using var randomState = random.get_rng_state();
            try
            {
                var weight = objective.Weight(examples);
                foreach (var part in examples.Chunk(microBatch)) AddGradients(part, weight, stepSums);
                foreach (var (name, value) in stepSums.Means()) sums.Add(name, value, 1);
                return;
            }
            catch (Exception error) when (microBatch > 1 && OutOfMemory.Is(error))
            {
                trainable.Parameters.ZeroGradients();
                random.set_rng_state(randomState);
                microBatch = (microBatch + 1) / 2;
                session.Log.Append(new LogEvent($"Out of memory: going on with {microBatch} examples in a pass, which changes nothing but the time.", RunLogLevel.Warning));
                session.Describe(microBatch);
            }
        }
    }

    private void AddGradients(TExample[] part, long stepWeight, MetricSums stepSums)
    {
        using (NewDisposeScope())
        {
            var loss = objective.Loss(part, stepWeight, stepSums);
            loss.backward();
            trainable.Model.Decoder.ThrowIfBackwardFailed();
            stepSums.AddShare("loss", loss.item<float>());
        }
        NativeHeap.Unpin();
    }

    private void Report(double rate)
    {
        var metrics = sums.Means();
        metrics["learning_rate"] = rate;
        metrics["epoch"] = (double)step / order.BatchesPerEpoch;
        metrics["num_tokens"] = tokensSeen;
        session.Log.Append(new MetricEvent(step, metrics));
        lastReport = metrics;
    }

    private Dictionary<string, double> ResultsOf(long weightsFrom)
    {
        var results = new Dictionary<string, double>(lastReport) { ["step"] = step };
        if (weightsFrom != step) results["best_step"] = weightsFrom;
        // What a validation of other weights said, or of a process that is gone, is measured anew; it is no event, for a step has one.
        foreach (var (name, value) in (lastValidation is { } last && last.Step == weightsFrom ? last.Metrics : Measure()) ?? []) results[name] = value;
        return results;
    }

    private void Validate()
    {
        if (Measure() is not { } metrics) return;
        session.Log.Append(new MetricEvent(step, metrics));
        lastValidation = (step, metrics);
        KeepBest($"eval_{objective.BestMetric}", metrics[$"eval_{objective.BestMetric}"]);
    }

    /// <summary>The validation metrics of the weights as they are; null without validation data.</summary>
    private Dictionary<string, double>? Measure()
    {
        if (objective.Validation.Count == 0) return null;
        trainable.SetTraining(false);
        return ValidationPass.Run(objective, options.PerDeviceEvalBatchSize);
    }

    private void KeepBest(string name, double value)
    {
        if (!options.LoadBestModelAtEnd || step == 0) return;
        if (best is null || (objective.IsHigherBetter ? value > best.Value : value < best.Value))
        {
            best = new BestResult(step, name, value);
            validationsWithoutGain = 0;
            Save();
        }
        else
        {
            validationsWithoutGain++;
        }
    }

    private void Sample(SampleTime when)
    {
        if (trainable.Model is not CausalModel model || objective.SamplePrompts(options.SampleCount) is not { Count: > 0 } prompts) return;
        trainable.SetTraining(false);
        var requests = prompts.Where(prompt => prompt.Length < model.Config.ContextLength)
            .Select((prompt, i) => new GenerationRequest { Prompt = prompt, Options = new() { MaxNewTokens = options.SampleTokens, Seed = session.Spec.Seed + i } }).ToArray();
        foreach (var (request, result) in requests.Zip(TextGenerator.Run(model, tokenizer, requests, endIds: endIds)))
            session.Log.Append(new SampleEvent(step, tokenizer.Decode(request.Prompt), result.Text, when));
    }

    private void Save()
    {
        var state = new TrainingState
        {
            Step = step,
            Epoch = (double)step / order.BatchesPerEpoch,
            Data = new DataPosition((int)(step / order.BatchesPerEpoch), step % order.BatchesPerEpoch, session.Spec.Seed),
            TokensSeen = tokensSeen,
            ScheduleStep = step,
            Best = best,
            RandomStates = RandomState.Capture(),
            Values = new Dictionary<string, double>([KeyValuePair.Create(GainKey, (double)validationsWithoutGain), .. lastReport.Select(item => KeyValuePair.Create(ReportPrefix + item.Key, item.Value)), .. sums.State(SumsPrefix)]),
        };
        session.SaveCheckpoint(step, folder =>
        {
            trainable.Save(folder);
            using var scope = NewDisposeScope();
            SafetensorsWriter.Write(Path.Combine(folder, OptimizerFile), optimizer.State());
            state.Write(folder);
        });
        session.Prune(options.SaveTotalLimit, best?.Step);
    }

    private bool Resume()
    {
        if (session.FindCheckpoint() is not { } checkpoint) return false;
        trainable.Restore(checkpoint.Path);
        using (var saved = SafetensorsFile.Open(Path.Combine(checkpoint.Path, OptimizerFile))) optimizer.Load(saved);
        var state = TrainingState.Read(checkpoint.Path);
        (step, tokensSeen, best) = (state.Step, state.TokensSeen, state.Best);
        validationsWithoutGain = (int)state.Values[GainKey];
        lastReport = state.Values.Where(item => item.Key.StartsWith(ReportPrefix, StringComparison.Ordinal)).ToDictionary(item => item.Key[ReportPrefix.Length..], item => item.Value);
        sums.Restore(state.Values, SumsPrefix);
        RandomState.Restore(state.RandomStates);
        microBatch = Math.Min(microBatch, checkpoint.ReadManifest().Machine.MicroBatch);
        session.Describe(microBatch);
        session.Log.Append(StateEvent.Resumed(step));
        return true;
    }
}
