using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Optimum;

/// <summary>Where every reply can be written down, the gradient that PPO estimates from samples has an exact value.</summary>
public sealed class PpoGradientTests(TinyWorlds worlds) : IClassFixture<TinyWorlds>
{
    private const double Beta = 2;

    [Fact]
    public void Execute_ManyEpisodes_FollowsTheExactGradient()
    {
        var world = worlds.Of(1);
        var options = OptimumRuns.PpoOptions(world, Beta);
        foreach (var (name, value) in new (string, double)[] { ("learning_rate", 3), ("adam_beta1", 0), ("adam_beta2", 0), ("adam_epsilon", 1), ("max_grad_norm", 0) }) options[name] = value;
        foreach (var (name, value) in new[] { ("max_steps", 2), ("num_mini_batches", 1), ("num_ppo_epochs", 1), ("per_device_train_batch_size", 2048), ("gradient_accumulation_steps", 8), ("save_steps", 1), ("save_total_limit", 2) }) options[name] = value;
        options["lr_scheduler_type"] = "constant";

        // With so large an epsilon Adam's step is the gradient itself, times a constant. The second step is away from the reference, so that the KL has a gradient too.
        var run = OptimumRuns.Start(world, "gradient", "ppo", 1, world.BaseModel, options, ("prompts", [$$"""{"prompt": "{{TinyWorld.TextOf(TinyWorld.Prompt)}}"}"""]));

        using var scope = NewDisposeScope();
        var (before, after) = (Weights(run.CheckpointFolder(1)), Weights(run.CheckpointFolder(2)));
        var step = after.sub(before);
        var (objective, rewardAlone) = (Cosine(step, Gradient(world, run.CheckpointFolder(1), Beta)), Cosine(step, Gradient(world, run.CheckpointFolder(1), 0)));
        Assert.True(objective > 0.95 && objective > rewardAlone + 0.1, $"Cosine {objective:F4} with the gradient of the objective, {rewardAlone:F4} with that of the reward alone");
    }

    private static Tensor Gradient(TinyWorld world, string folder, double beta)
    {
        using var model = ModelFolder.LoadCausal(folder);
        using var scope = NewDisposeScope();
        var logs = TinyWorld.LogProbabilities(model);
        logs.exp().mul(tensor(world.Rewards).sub(logs.sub(tensor(world.Reference)).mul(beta))).sum().backward();
        return cat([.. model.parameters().Select(parameter => parameter.grad!.reshape(-1))]).MoveToOuterDisposeScope();
    }

    private static Tensor Weights(string folder)
    {
        using var model = ModelFolder.LoadCausal(folder);
        using var noGrad = no_grad();
        return cat([.. model.parameters().Select(parameter => parameter.reshape(-1))]);
    }

    private static double Cosine(Tensor one, Tensor other) => one.dot(other).item<float>() / (one.norm().item<float>() * other.norm().item<float>());
}
