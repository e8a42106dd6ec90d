using System.Diagnostics;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Models.Safetensors;
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
    private const string PolicyOptimizerFile = "optimizer.safetensors";
    private const string ValueOptimizerFile = "value_optimizer.safetensors";
    private const string HeldOutScores = "objective/held_out_scores";

    /// <summary>Replies written at once at least: a new token of one costs hardly less than of so many.</summary>
    private const int FewestRows = 32;

    private readonly RunSession session;
    private readonly RunInputs parts;
    private readonly PpoModels models;
    private readonly IReadOnlyList<TokenPrompt> prompts;
    private readonly IReadOnlyList<TokenPrompt> shownPrompts;
    private readonly PpoOptions options;
    private readonly PpoGuards guards;
    private readonly BatchOrder order;
    private readonly FlatParameters valueParameters;
    private readonly AdamW policyOptimizer;
    private readonly AdamW valueOptimizer;
    private int microBatch;
    private RewardNormalizer? normalizer;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private IKlController kl;
    private long step;
    private long tokensSeen;
    private long episodesBefore;

    public PpoTrainer(RunSession session, RunInputs parts, PpoModels models, IReadOnlyList<TokenPrompt> prompts, IReadOnlyList<TokenPrompt> shownPrompts, PpoOptions options)
    {
        (this.session, this.parts, this.models, this.prompts, this.shownPrompts, this.options) = (session, parts, models, prompts, shownPrompts, options);
        guards = new PpoGuards(options);
        microBatch = options.PerDeviceTrainBatchSize;
        // Every batch is whole: fewer prompts than a batch has are asked more than once.
        var repeats = (options.EpisodesPerStep + prompts.Count - 1) / prompts.Count;
        order = new BatchOrder(prompts.Count * repeats, new BatchOrderOptions { BatchSize = options.EpisodesPerStep, Seed = session.Spec.Seed, DropLast = true });
        valueParameters = FlatParameters.Of(models.ValueHead);
        policyOptimizer = new AdamW(models.Policy.Parameters, OptimizerOptions);
        valueOptimizer = new AdamW(valueParameters, OptimizerOptions);
        kl = Controller(options.KlCoef);
    }

    private AdamWOptions OptimizerOptions => new()
    {
        Beta1 = options.AdamBeta1,
        Beta2 = options.AdamBeta2,
        Epsilon = options.AdamEpsilon,
        WeightDecay = options.WeightDecay,
        MaxGradientNorm = options.MaxGradNorm,
        IsEpsilonUncorrected = options.AdamEpsilonUncorrected,
    };

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
            session.Log.Append(new StateEvent(RunState.Running));
            if (options.NormalizeScores) Normalize();
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
        policyOptimizer.Dispose();
        valueOptimizer.Dispose();
        valueParameters.Dispose();
    }

    /// <summary>One batch of episodes, from prompts to weights.</summary>
    private Dictionary<string, double> Step(double rateShare)
    {
        using var scope = NewDisposeScope();
        var rollout = Sample([.. order.Batch(step).Select(i => prompts[i % prompts.Count])], i => Episodes + i);
        var experience = Judge(rollout, out var objective);
        guards.CheckRollout(step, objective["objective/kl"], objective["objective/scores"]);
        if (objective.TryGetValue(HeldOutScores, out var heldOut)) guards.CheckHeldOut(step, objective["objective/scores"], heldOut);
        var metrics = Learn(rollout, experience, rateShare);
        step++;
        tokensSeen += rollout.TokensOf(Enumerable.Range(0, rollout.Count));

        foreach (var (name, value) in objective) metrics[name] = value;
        metrics["objective/kl_coef"] = kl.Coefficient;
        kl.Update(objective["objective/kl"], rollout.Count);
        metrics["val/num_eos_tokens"] = rollout.HaveEnded.Count(hasEnded => hasEnded);
        metrics["tokens/responses_len_mean"] = rollout.Lengths.Average();
        metrics["eps"] = (Episodes - episodesBefore) / watch.Elapsed.TotalSeconds;
        metrics["lr"] = options.LearningRate * rateShare;
        metrics["episode"] = Episodes;
        metrics["epoch"] = (double)Episodes / prompts.Count;
        metrics["num_tokens"] = tokensSeen;
        guards.CheckEntropy(step - 1, metrics["policy/entropy_avg"]);
        return metrics;
    }

    /// <summary>Finds shift and scale of the scores from replies of the starting model, which are no episodes.</summary>
    private void Normalize()
    {
        normalizer = new RewardNormalizer();
        foreach (var part in Enumerable.Range(0, options.NormalizationEpisodes).Chunk(options.EpisodesPerStep))
        {
            using var scope = NewDisposeScope();
            // Numbers below 0 are no episode's, so that no reply is met again in training.
            var rollout = Sample([.. part.Select(i => prompts[i % prompts.Count])], i => -1 - part[i]);
            normalizer.Update(tensor(models.Score(rollout.Texts, options.PerDeviceEvalBatchSize)));
        }
        session.Log.Append(new LogEvent(FormattableString.Invariant(
            $"Scores are multiplied by {normalizer.Gain:G4} and shifted by {normalizer.Bias:G4}, from {options.NormalizationEpisodes} replies of the starting model.")));
    }

    private Rollout Sample(TokenPrompt[] batch, Func<int, long> number)
    {
        var requests = batch.Select((prompt, i) => Request(prompt.Ids, EpisodeSeed(number(i)))).ToArray();
        var results = TextGenerator.Run(models.Model, null, requests, Math.Max(FewestRows, options.PerDeviceEvalBatchSize), parts.EndIds);
        return new Rollout([.. batch.Select(prompt => prompt.Ids)], results, options.ResponseLength, parts.PadId, session.Device);
    }

    /// <summary>What the policy, its value head and the reference say of a batch of episodes; (batch, T) each.</summary>
    private (Tensor LogProbabilities, Tensor References, Tensor Values) Read(Rollout rollout) => WithinMemory(() =>
    {
        using var scope = NewDisposeScope();
        var (logs, references, values) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var part in Enumerable.Range(0, rollout.Count).Chunk(microBatch))
        {
            using var inner = NewDisposeScope();
            var rows = Rows(part);
            var (statistics, predictions) = models.Evaluate(rollout, rows, options.Temperature);
            logs.Add(statistics.LogProbabilities.MoveToOuterDisposeScope());
            values.Add(predictions.MoveToOuterDisposeScope());
            references.Add(models.ReferenceLogProbabilities(rollout, rows, options.Temperature).MoveToOuterDisposeScope());
        }
        return (cat(logs).MoveToOuterDisposeScope(), cat(references).MoveToOuterDisposeScope(), cat(values).MoveToOuterDisposeScope());
    });

    /// <summary>Does something that is cut into micro-batches, and again with smaller ones where memory does not suffice.</summary>
    private T WithinMemory<T>(Func<T> work)
    {
        while (true)
        {
            try
            {
                return work();
            }
            catch (Exception error) when (microBatch > 1 && OutOfMemory.Is(error))
            {
                models.Policy.Parameters.ZeroGradients();
                valueParameters.ZeroGradients();
                microBatch = (microBatch + 1) / 2;
                session.Log.Append(new LogEvent($"Out of memory: going on with {microBatch} episodes in a pass, which changes nothing but the time.", RunLogLevel.Warning));
                session.Describe(microBatch);
            }
        }
    }

    /// <summary>Scores, log-probabilities, values, and what follows from them: everything that stays fixed while the batch is learned from.</summary>
    private Experience Judge(Rollout rollout, out Dictionary<string, double> metrics)
    {
        using var noGrad = no_grad();
        var masks = rollout.Masks;
        var (old, references, values) = Read(rollout);                                                                  // (batch, T)
        var oldValues = values.masked_fill(masks.IsValued.logical_not(), 0);                                       // (batch, T)
        var scores = Score(rollout.Texts);                                                                              // (batch)
        var heldOut = models.HeldOutScore(rollout.Texts, options.PerDeviceEvalBatchSize);
        if (options.MissingEosPenalty is { } penalty) scores = PpoRewards.PenalizeMissingEnd(scores, tensor(rollout.HaveEnded, device: session.Device), penalty);
        var divergence = KlEstimator.PerToken(options.KlEstimator, old, references, masks.IsToken);                // (batch, T)
        metrics = new(PpoMetrics.Objective(old, divergence, scores, masks.IsToken, kl.Coefficient)) { ["ppo/std_scores"] = rollout.Count > 1 ? scores.std().item<float>() : 0 };
        if (heldOut is not null) metrics[HeldOutScores] = heldOut.Average();

        var rewards = PpoRewards.PerToken(divergence, scores, masks, kl.Coefficient);
        if (options.WhitenRewards) rewards = PpoRewards.Whiten(rewards, masks);
        var (advantages, returns) = GeneralizedAdvantage.Estimate(rewards, oldValues, options.Gamma, options.Lam);
        foreach (var (name, value) in PpoMetrics.Values(oldValues, oldValues, returns, masks.IsValued)) metrics[name] = value;
        return new Experience(old, oldValues, GeneralizedAdvantage.Whiten(advantages, masks), returns);
    }

    private Dictionary<string, double> Learn(Rollout rollout, Experience experience, double rateShare)
    {
        var sums = new MetricSums();
        var ratios = new List<double>();
        for (var epoch = 0; epoch < options.NumPpoEpochs; epoch++)
        {
            // The batch comes in an order of chance already; as it is, the first mini-batch finds the very log-probabilities of before.
            var permutation = epoch == 0 ? [.. Enumerable.Range(0, rollout.Count)] : BatchOrder.Permutation(rollout.Count, ~session.Spec.Seed, step * options.NumPpoEpochs + epoch);
            foreach (var miniBatch in permutation.Chunk(options.StepSize))
            {
                var isFirst = epoch == 0 && miniBatch[0] == 0;
                var (loss, ratio, figures) = WithinMemory(() => Accumulate(rollout, experience, miniBatch, isFirst));
                NativeHeap.Unpin();
                sums.Add(figures);
                ratios.Add(ratio);
                PpoGuards.CheckMiniBatch(step, loss, ratio);
                Move(policyOptimizer, options.LearningRate * rateShare, "grad_norm", sums);
                Move(valueOptimizer, options.ValueLearningRate * rateShare, "value_grad_norm", sums);
            }
        }
        var metrics = sums.Means();
        metrics["val/ratio_var"] = ratios.Count > 1 ? ratios.Sum(ratio => Math.Pow(ratio - ratios.Average(), 2)) / (ratios.Count - 1) : 0;
        return metrics;
    }

    /// <summary>Adds up the gradients of one mini-batch, in passes that fit the memory; means are over its tokens, however it is cut.</summary>
    private (double Loss, double Ratio, MetricSums Figures) Accumulate(Rollout rollout, Experience experience, int[] miniBatch, bool isFirst)
    {
        var sums = new MetricSums();
        var (allTokens, allValues) = ((double)rollout.TokensOf(miniBatch), (double)rollout.ValuesOf(miniBatch));
        var (totalLoss, totalRatio) = (0.0, 0.0);
        foreach (var part in miniBatch.Chunk(microBatch))
        {
            using var inner = NewDisposeScope();
            var rows = Rows(part);
            var (statistics, values) = models.Evaluate(rollout, rows, options.Temperature);
            var (isToken, isValued) = (rollout.Masks.IsToken.index_select(0, rows), rollout.Masks.IsValued.index_select(0, rows));
            var (tokens, places) = ((double)rollout.TokensOf(part), (double)rollout.ValuesOf(part));
            var before = experience.Of(rows);

            var policy = PpoLoss.Policy(statistics.LogProbabilities, before.LogProbabilities, before.Advantages, isToken, options.Cliprange);
            var value = PpoLoss.Value(values, before.Values, before.Returns, isValued, options.CliprangeValue);
            var loss = policy.Loss.mul(tokens / allTokens).add(value.Loss.mul(options.VfCoef * places / allValues));
            loss.backward();
            models.Model.Decoder.ThrowIfBackwardFailed();

            using var noGrad = no_grad();
            var ratio = policy.Ratio.item<float>();
            totalLoss += loss.item<float>();
            totalRatio += ratio * tokens / allTokens;
            sums.Add("loss/policy_avg", policy.Loss.item<float>(), tokens);
            sums.Add("policy/approxkl_avg", policy.ApproximateKl.item<float>(), tokens);
            sums.Add("policy/clipfrac_avg", policy.ClipFraction.item<float>(), tokens);
            sums.Add("policy/entropy_avg", MaskedStatistics.Mean(statistics.Entropies, isToken).item<float>(), tokens);
            sums.Add("val/ratio", ratio, tokens);
            sums.Add("loss/value_avg", value.Loss.item<float>(), places);
            sums.Add("val/clipfrac_avg", value.ClipFraction.item<float>(), places);
            if (isFirst)
            {
                // What the trainer promises, measured: 0 but for sums in another order.
                var change = statistics.LogProbabilities.sub(before.LogProbabilities).expm1().masked_fill(isToken.logical_not(), 0).abs().max();
                sums.Add("ppo/first_ratio_error", change.item<float>(), tokens);
                sums.Add("ppo/first_clipfrac", policy.ClipFraction.item<float>(), tokens);
            }
        }
        return (totalLoss, totalRatio, sums);
    }

    private void Move(AdamW optimizer, double rate, string name, MetricSums sums)
    {
        var norm = optimizer.Step(rate);
        PpoGuards.CheckGradient(step, norm);
        sums.Add(name, norm, 1);
    }

    /// <summary>Answers the same prompts with the same seeds, for people to compare.</summary>
    private void Show(SampleTime when)
    {
        if (shownPrompts.Count == 0) return;
        var requests = shownPrompts.Select((prompt, i) => Request(prompt.Ids, session.Spec.Seed + i)).ToArray();
        var results = TextGenerator.Run(models.Model, parts.Tokenizer, requests, endIds: parts.EndIds);
        using var scope = NewDisposeScope();
        var scores = Score([.. requests.Zip(results, (request, result) => (IReadOnlyList<int>)[.. request.Prompt, .. result.Tokens])]).cpu().data<float>().ToArray();
        for (var i = 0; i < requests.Length; i++)
            session.Log.Append(new SampleEvent(step, parts.Tokenizer.Decode(requests[i].Prompt), results[i].Text, when, scores[i]));
    }

    /// <summary>The scores that are learned from, (batch).</summary>
    private Tensor Score(IReadOnlyList<IReadOnlyList<int>> texts)
    {
        var raw = tensor(models.Score(texts, options.PerDeviceEvalBatchSize), device: session.Device);
        return normalizer is null ? raw : normalizer.Apply(raw);
    }

    private GenerationRequest Request(int[] prompt, long seed) => new()
    {
        Prompt = prompt,
        Options = new() { MaxNewTokens = options.ResponseLength, Temperature = options.Temperature, Seed = seed, IgnoresEnd = options.StopToken is null },
    };

    /// <summary>A function of the run's seed and the episode's number alone: a resume repeats it.</summary>
    private long EpisodeSeed(long episode) => BitConverter.DoubleToInt64Bits(SeededUniform.At(session.Spec.Seed, episode));

    private Tensor Rows(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row), device: session.Device);

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
            Values = new Dictionary<string, double>([KeyValuePair.Create("kl_coef", kl.Coefficient), KeyValuePair.Create("episode", (double)Episodes), .. guards.State(), .. NormalizerState()]),
        };
        session.SaveCheckpoint(step, folder =>
        {
            models.Policy.Save(folder);
            models.ValueHead.Save(folder);
            using var scope = NewDisposeScope();
            SafetensorsWriter.Write(Path.Combine(folder, PolicyOptimizerFile), policyOptimizer.State());
            SafetensorsWriter.Write(Path.Combine(folder, ValueOptimizerFile), valueOptimizer.State());
            state.Write(folder);
        });
        // While something looks odd, newer checkpoints must not push out the one that would be needed.
        session.Prune(options.SaveTotalLimit, session.NewestCheckpointUpTo(guards.SoundStep(step)));
    }

    private IEnumerable<KeyValuePair<string, double>> NormalizerState() => normalizer is null ? [] :
    [
        KeyValuePair.Create("normalizer/count", (double)normalizer.Seen.Count),
        KeyValuePair.Create("normalizer/mean", normalizer.Seen.Mean),
        KeyValuePair.Create("normalizer/squared_deviations", normalizer.Seen.SquaredDeviations),
    ];

    private bool Resume()
    {
        if (session.FindCheckpoint() is not { } checkpoint) return false;
        models.Policy.Restore(checkpoint.Path);
        models.ValueHead.Restore(checkpoint.Path);
        using (var saved = SafetensorsFile.Open(Path.Combine(checkpoint.Path, PolicyOptimizerFile))) policyOptimizer.Load(saved);
        using (var saved = SafetensorsFile.Open(Path.Combine(checkpoint.Path, ValueOptimizerFile))) valueOptimizer.Load(saved);
        var state = TrainingState.Read(checkpoint.Path);
        (step, tokensSeen) = (state.Step, state.TokensSeen);
        // A price that adapts goes on where it stood; a fixed one is what the options say now.
        if (options.KlTarget is not null) kl = Controller(state.Values["kl_coef"]);
        guards.Restore(state.Values);
        if (state.Values.TryGetValue("normalizer/count", out var count))
            normalizer = new RewardNormalizer(new((long)count, state.Values["normalizer/mean"], state.Values["normalizer/squared_deviations"]));
        RandomState.Restore(state.RandomStates);
        microBatch = Math.Min(microBatch, checkpoint.ReadManifest().Machine.MicroBatch);
        session.Describe(microBatch);
        session.Log.Append(StateEvent.Resumed(step));
        return true;
    }
}

/// <summary>What a batch's tokens were worth when they were drawn; (batch, T) each.</summary>
internal sealed record Experience(Tensor LogProbabilities, Tensor Values, Tensor Advantages, Tensor Returns)
{
    public Experience Of(Tensor rows) =>
        new(LogProbabilities.index_select(0, rows), Values.index_select(0, rows), Advantages.index_select(0, rows), Returns.index_select(0, rows));
}
