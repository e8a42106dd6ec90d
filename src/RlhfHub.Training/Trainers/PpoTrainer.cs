using System.Diagnostics;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Runs;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>
/// PPO as in https://huggingface.co/blog/the_n_implementation_details_of_rlhf_with_ppo and TRL: sample, score, judge, learn. One step is one batch of episodes.
/// </summary>
/// <remarks>
/// Other than TRL: pads never count, gradients are clipped, the run can go on, logits of a whole batch never exist, and the first pass over a batch takes it in the
/// order and the parts in which its log-probabilities were computed, so that the ratio of the first mini-batch is 1 to the last bit.
/// </remarks>
internal sealed class PpoTrainer : IDisposable
{
    private readonly RunSession session;
    private readonly RunInputs parts;
    private readonly PpoModels models;
    private readonly IReadOnlyList<TokenPrompt> prompts;
    private readonly IReadOnlyList<TokenPrompt> shownPrompts;
    private readonly PpoOptions options;
    private readonly PpoGuards guards;
    private readonly BatchOrder order;
    private readonly FlatParameters valueParameters;
    private readonly PpoMicroBatch microBatch;
    private readonly PpoSampler sampler;
    private readonly PpoScorer scorer;
    private readonly PpoJudge judge;
    private readonly PpoLearner learner;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private IKlController kl;
    private long step;
    private long tokensSeen;
    private long episodesBefore;

    public PpoTrainer(RunSession session, RunInputs parts, PpoModels models, IReadOnlyList<TokenPrompt> prompts, IReadOnlyList<TokenPrompt> shownPrompts, PpoOptions options)
    {
        (this.session, this.parts, this.models, this.prompts, this.shownPrompts, this.options) = (session, parts, models, prompts, shownPrompts, options);
        guards = new PpoGuards(options);
        // Every batch is whole: fewer prompts than a batch has are asked more than once.
        var repeats = (options.EpisodesPerStep + prompts.Count - 1) / prompts.Count;
        order = new BatchOrder(prompts.Count * repeats, new BatchOrderOptions { BatchSize = options.EpisodesPerStep, Seed = session.Spec.Seed, DropLast = true });
        valueParameters = FlatParameters.Of(models.ValueHead);
        microBatch = new PpoMicroBatch(session, options.PerDeviceTrainBatchSize, models.Policy.Parameters, valueParameters);
        sampler = new PpoSampler(session, parts, models, options);
        scorer = new PpoScorer(session, models, options);
        judge = new PpoJudge(session, models, scorer, microBatch, options);
        learner = new PpoLearner(session, models, valueParameters, microBatch, options);
        kl = Controller(options.KlCoef);
    }

    private long TotalSteps => options.MaxSteps > 0 ? options.MaxSteps
        : Math.Max(1, (long)Math.Ceiling((options.TotalEpisodes ?? options.NumTrainEpochs * prompts.Count) / options.EpisodesPerStep));

    /// <summary>The metrics of the last step.</summary>
    public IReadOnlyDictionary<string, double> Results { get; private set; } = new Dictionary<string, double>();

    private long Episodes => step * options.EpisodesPerStep;

    /// <summary>Trains to the end, or until the hub wants it to stop.</summary>
    /// <returns>Whether it came to the end.</returns>
    /// <exception cref="TrainingPausedException">Training went wrong; a person has to say how it goes on.</exception>
    public bool Run()
    {
        try
        {
            return RunSteps();
        }
        catch (PpoTroubleException trouble)
        {
            var fromStep = session.ReturnTo(trouble.SoundStep);
            throw new TrainingPausedException($"{trouble.Message} {(fromStep > 0 ? $"The last checkpoint from before is that of step {fromStep}" : "There is no checkpoint from before, so only the beginning is left")}.", fromStep);
        }
    }

    private bool RunSteps()
    {
        if (!Resume())
        {
            session.Log.Append(new StateEvent(RunState.Running, Steps: TotalSteps));
            if (options.NormalizeScores) scorer.Normalize(prompts, sampler);
            Show(SampleTime.Before);
        }
        episodesBefore = Episodes;
        watch.Restart();
        var schedule = new LearningRateSchedule
        {
            Kind = options.LrSchedulerType,
            PeakRate = 1,
            TotalSteps = TotalSteps,
            WarmupSteps = options.WarmupSteps > 0 ? options.WarmupSteps : LearningRateSchedule.WarmupStepsOf(options.WarmupRatio, TotalSteps),
        };
        var shownEvery = options.NumSampleGenerations > 0 ? Math.Max(1, TotalSteps / options.NumSampleGenerations) : long.MaxValue;

        while (step < TotalSteps)
        {
            if (!session.MayGoOn(Save)) return false;
            var metrics = Step(schedule.At(step));
            Results = metrics;
            if (step % options.LoggingSteps == 0 || step == TotalSteps) session.Log.Append(new MetricEvent(step, metrics));
            session.Progress(step, TotalSteps);
            if (step % shownEvery == 0 && step < TotalSteps) Show(SampleTime.During);
            if (step % options.SaveSteps == 0 || session.IsCheckpointWanted) Save();
        }
        Show(SampleTime.After);
        return true;
    }

    public void Dispose()
    {
        learner.Dispose();
        valueParameters.Dispose();
    }

    /// <summary>One batch of episodes, from prompts to weights.</summary>
    private Dictionary<string, double> Step(double rateShare)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var rollout = sampler.Sample([.. order.Batch(step).Select(i => prompts[i % prompts.Count])], i => Episodes + i);
        var generationSeconds = Lap(clock);
        var experience = judge.Judge(rollout, kl.Coefficient, out var objective);
        var scoringSeconds = Lap(clock);
        guards.CheckRollout(step, objective["objective/kl"], objective["objective/scores"]);
        if (objective.TryGetValue(PpoJudge.HeldOutScores, out var heldOut)) guards.CheckHeldOut(step, objective["objective/scores"], heldOut);
        var metrics = learner.Learn(rollout, experience, step, rateShare);
        var learningSeconds = Lap(clock);
        step++;
        tokensSeen += rollout.TokensOf(Enumerable.Range(0, rollout.Count));

        foreach (var (name, value) in objective) metrics[name] = value;
        metrics["objective/kl_coef"] = kl.Coefficient;
        kl.Update(objective["objective/kl"], rollout.Count);
        metrics["val/num_eos_tokens"] = rollout.HaveEnded.Count(hasEnded => hasEnded);
        metrics["tokens/responses_len_mean"] = rollout.Lengths.Average();
        metrics["eps"] = (Episodes - episodesBefore) / watch.Elapsed.TotalSeconds;
        metrics["time/generation"] = generationSeconds;
        metrics["time/scoring"] = scoringSeconds;
        metrics["time/learning"] = learningSeconds;
        metrics["lr"] = options.LearningRate * rateShare;
        metrics["episode"] = Episodes;
        metrics["epoch"] = (double)Episodes / prompts.Count;
        metrics["num_tokens"] = tokensSeen;
        guards.CheckEntropy(step - 1, metrics["policy/entropy_avg"]);
        return metrics;
    }

    /// <summary>Seconds since the last lap. On a GPU too: each part of a step ends with figures that are read back.</summary>
    private static double Lap(Stopwatch clock)
    {
        var seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        return seconds;
    }

    /// <summary>Answers the same prompts with the same seeds, for people to compare.</summary>
    private void Show(SampleTime when)
    {
        if (shownPrompts.Count == 0) return;
        var replies = sampler.Answer(shownPrompts);
        using var scope = NewDisposeScope();
        var scores = scorer.Score([.. shownPrompts.Zip(replies, (prompt, reply) => (IReadOnlyList<int>)[.. prompt.Ids, .. reply.Tokens])]).cpu().data<float>().ToArray();
        for (var i = 0; i < shownPrompts.Count; i++)
            session.Log.Append(new SampleEvent(step, parts.Tokenizer.Decode(shownPrompts[i].Ids), replies[i].Text, when, scores[i]));
    }

    private IKlController Controller(double coefficient) =>
        options.KlTarget is { } target ? new AdaptiveKlController(coefficient, target, options.KlHorizon) : new FixedKlController(coefficient);

    private void Save()
    {
        var state = new TrainingState
        {
            Step = step,
            Epoch = (double)Episodes / prompts.Count,
            Data = new DataPosition((int)(step / order.BatchesPerEpoch), step % order.BatchesPerEpoch, session.Spec.Seed),
            TokensSeen = tokensSeen,
            ScheduleStep = step,
            RandomStates = RandomState.Capture(),
            Values = new Dictionary<string, double>([KeyValuePair.Create("kl_coef", kl.Coefficient), KeyValuePair.Create("episode", (double)Episodes), .. guards.State(), .. scorer.State()]),
        };
        session.SaveCheckpoint(step, folder =>
        {
            models.Policy.Save(folder);
            models.ValueHead.Save(folder);
            learner.Save(folder);
            state.Write(folder);
        });
        // While something looks odd, newer checkpoints must not push out the one that would be needed.
        session.Prune(options.SaveTotalLimit, session.NewestCheckpointUpTo(guards.SoundStep(step)));
    }

    private bool Resume()
    {
        if (session.FindCheckpoint() is not { } checkpoint) return false;
        models.Policy.Restore(checkpoint.Path);
        models.ValueHead.Restore(checkpoint.Path);
        learner.Restore(checkpoint.Path);
        var state = TrainingState.Read(checkpoint.Path);
        (step, tokensSeen) = (state.Step, state.TokensSeen);
        // A price that adapts goes on where it stood; a fixed one is what the options say now.
        if (options.KlTarget is not null) kl = Controller(state.Values["kl_coef"]);
        guards.Restore(state.Values);
        scorer.Restore(state.Values);
        RandomState.Restore(state.RandomStates);
        microBatch.LimitTo(checkpoint.ReadManifest().Machine.MicroBatch);
        session.Log.Append(StateEvent.Resumed(step));
        return true;
    }
}
