using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>What cannot be forced on a real run, or not soon; the other guards are tested by <see cref="PpoRunTests"/>.</summary>
public sealed class PpoGuardsTests
{
    private readonly PpoGuards guards = new(new PpoOptions { HeldOutWindow = 8, HeldOutRewardModelPath = "other" });

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void CheckRollout_NoNumber_TakesTheWeightsOfTheStepBefore(double kl, double score)
    {
        var trouble = Assert.Throws<PpoTroubleException>(() => guards.CheckRollout(7, kl, score));

        Assert.Equal(6, trouble.SoundStep);
        Assert.Contains("gives no numbers", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckRollout_KlBeyondItsLimit_GoesBackToWhereItWasLow()
    {
        guards.CheckRollout(3, 90, 1);
        guards.CheckRollout(4, 110, 1);
        guards.CheckRollout(5, 180, 1);

        var trouble = Assert.Throws<PpoTroubleException>(() => guards.CheckRollout(6, 201, 1));

        Assert.Equal(3, trouble.SoundStep);
    }

    [Fact]
    public void CheckRollout_KlBelowZeroAgainAndAgain_IsNoChance()
    {
        for (var step = 3; step <= 6; step++) guards.CheckRollout(step, -2, 1);

        var trouble = Assert.Throws<PpoTroubleException>(() => guards.CheckRollout(7, -2, 1));

        Assert.Equal(2, trouble.SoundStep);
        Assert.Contains("below 0 for 5 batches", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckRollout_KlBelowZeroNowAndThen_IsChance()
    {
        for (var step = 0; step < 20; step++) guards.CheckRollout(step, step % 5 == 0 ? 0 : -2, 1);
    }

    [Theory]
    [InlineData(double.NaN, 1, "training has diverged")]
    [InlineData(0.1, double.PositiveInfinity, "training has diverged")]
    [InlineData(0.1, 10.5, "ratio is 10.5, beyond 10")]
    public void CheckMiniBatch_NonsenseOrTooFar_KeepsTheWeightsBeforeTheStep(double loss, double ratio, string cause)
    {
        var trouble = Assert.Throws<PpoTroubleException>(() => PpoGuards.CheckMiniBatch(4, loss, ratio));

        Assert.Equal(4, trouble.SoundStep);
        Assert.Contains(cause, trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckGradient_NoNumber_KeepsTheWeightsBeforeTheStep() =>
        Assert.Equal(4, Assert.Throws<PpoTroubleException>(() => PpoGuards.CheckGradient(4, double.NaN)).SoundStep);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, -1)]
    [InlineData(0, -1)]
    [InlineData(1, 0)]
    public void CheckHeldOut_ModelsThatAgreeOrStandStill_IsNoTrouble(int score, int heldOut)
    {
        for (var step = 0; step < 40; step++) guards.CheckHeldOut(step, score * step + step % 2, heldOut * step + step % 3);
    }

    [Fact]
    public void State_InTheMiddleOfTrouble_IsGoneOnFrom()
    {
        guards.CheckRollout(0, -2, 1);
        for (var step = 0; step < 7; step++) guards.CheckHeldOut(step, step, -step);
        var resumed = new PpoGuards(new PpoOptions { HeldOutWindow = 8 });

        resumed.Restore(guards.State().ToDictionary());

        for (var step = 1; step < 4; step++) resumed.CheckRollout(step, -2, 1);
        Assert.Throws<PpoTroubleException>(() => resumed.CheckRollout(4, -2, 1));
        Assert.Throws<PpoTroubleException>(() => resumed.CheckHeldOut(7, 7, -7));
    }

    [Fact]
    public void SoundStep_WhileSomethingLooksOdd_StaysWhereItWas()
    {
        var calm = new PpoGuards(new PpoOptions());
        calm.CheckRollout(9, 1, 1);
        Assert.Equal(10, calm.SoundStep(10));

        calm.CheckRollout(10, 150, 1);
        Assert.Equal(9, calm.SoundStep(11));
        calm.CheckRollout(11, 150, 1);
        Assert.Equal(9, calm.SoundStep(12));
    }
}
