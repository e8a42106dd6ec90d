using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace RlhfHub.Training.Losses;

/// <summary>
/// The pairwise loss of reward models: P(chosen before rejected) = σ(their difference). Bradley and Terry 1952; Ouyang et al. 2022,
/// https://arxiv.org/abs/2203.02155.
/// </summary>
public static class RewardLoss
{
    /// <summary>Mean over pairs of −p·log σ(d) − (1 − p)·log σ(−d), with d = chosen − rejected − margin, plus the centring term.</summary>
    /// <param name="chosen">(pairs): scores of the preferred.</param>
    /// <param name="rejected">(pairs): scores of the others.</param>
    /// <param name="margins">(pairs): by how much the chosen must lead, Touvron et al. 2023, https://arxiv.org/abs/2307.09288; null for 0.</param>
    /// <param name="preferences">(pairs), 0 to 1: p, the share of judgments for the chosen; 0.5 is a tie. Null for 1.</param>
    /// <param name="centering">Weight of mean((chosen + rejected)²), which draws scores towards 0; Eisenstein et al. 2023, https://arxiv.org/abs/2312.09244.
    /// TRL's <c>center_rewards_coefficient</c>.</param>
    /// <returns>().</returns>
    public static Tensor BradleyTerry(Tensor chosen, Tensor rejected, Tensor? margins = null, Tensor? preferences = null, double centering = 0)
    {
        using var scope = NewDisposeScope();
        var lead = chosen.sub(rejected);
        if (margins is not null) lead = lead.sub(margins);
        var loss = preferences is null
            ? logsigmoid(lead).neg().mean()
            : preferences.mul(logsigmoid(lead)).add(preferences.neg().add(1).mul(logsigmoid(lead.neg()))).neg().mean();
        if (centering != 0) loss = loss.add(chosen.add(rejected).square().mean().mul(centering));
        return loss.MoveToOuterDisposeScope();
    }
}
