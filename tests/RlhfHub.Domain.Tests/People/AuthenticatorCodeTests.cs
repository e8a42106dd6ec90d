using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class AuthenticatorCodeTests
{
    // The secret of RFC 6238, "12345678901234567890", in Base32.
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    // RFC 6238, appendix B, last six of the eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void At_MomentsOfTheRfc_GivesItsCodes(long seconds, string code) => Assert.Equal(code, AuthenticatorCode.At(Key, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(-60, false)]
    [InlineData(60, false)]
    public void FindStep_ClockThatIsOff_TakesOneStepEitherWay(int secondsOff, bool isTaken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        Assert.Equal(isTaken, AuthenticatorCode.FindStep(Key, AuthenticatorCode.At(Key, now.AddSeconds(secondsOff)), 0, now) is not null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("２８７０８２")]
    public void FindStep_NoCode_FitsNone(string? code) => Assert.Null(AuthenticatorCode.FindStep(Key, code, 0, DateTimeOffset.FromUnixTimeSeconds(59)));

    [Fact]
    public void NewKey_Twice_DiffersAndIsBase32()
    {
        var key = AuthenticatorCode.NewKey();

        Assert.Matches("^[A-Z2-7]{32}$", key);
        Assert.NotEqual(key, AuthenticatorCode.NewKey());
    }
}
