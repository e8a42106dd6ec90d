using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class SignInServiceTests : PeopleTest
{
    private SignInService SignIns => Get<SignInService>();

    [Fact]
    public async Task CheckPassword_Right_AdmitsWhateverTheCaseOfTheAddress()
    {
        var check = await CheckAsync("Anna@Example.ORG", Password);

        Assert.Equal(new SignInCheck(SignInOutcome.Admitted, Admin.Id), check);
    }

    [Theory]
    [InlineData("anna@example.org", "many small violet boat")]
    [InlineData("nobody@example.org", Password)]
    [InlineData(null, null)]
    [InlineData("anna@example.org", "")]
    public async Task CheckPassword_Wrong_IsRefusedAlike(string? email, string? password) =>
        Assert.Equal(new SignInCheck(SignInOutcome.Refused, null), await CheckAsync(email, password));

    [Fact]
    public async Task CheckPassword_AfterFiveWrongOnes_IsLockedForAQuarterOfAnHour()
    {
        for (var i = 0; i < SignInService.MaxTries; i++) await CheckAsync("anna@example.org", "wrong");

        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("anna@example.org", Password)).Outcome);
        Time.Advance(SignInService.LockTime - TimeSpan.FromSeconds(1));
        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("anna@example.org", Password)).Outcome);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SignInOutcome.Admitted, (await CheckAsync("anna@example.org", Password)).Outcome);
    }

    [Fact]
    public async Task CheckPassword_FifthTryIsRight_AdmitsAndForgetsTheOthers()
    {
        for (var i = 1; i < SignInService.MaxTries; i++) await CheckAsync("anna@example.org", "wrong");

        Assert.Equal(SignInOutcome.Admitted, (await CheckAsync("anna@example.org", Password)).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("anna@example.org", "wrong")).Outcome);
        Assert.Equal(SignInOutcome.Admitted, (await CheckAsync("anna@example.org", Password)).Outcome);
    }

    [Fact]
    public async Task CheckPassword_ManyAtOnce_AreCountedEach()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => CheckAsync("anna@example.org", "wrong"))));

        await using var db = await OpenAsync();
        Assert.Equal(SignInService.MaxTries, await db.AuditEntries.CountAsync(entry => entry.Action == "person.sign-in-refused"));
        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("anna@example.org", Password)).Outcome);
    }

    [Fact]
    public async Task CheckPassword_Disabled_IsRefused()
    {
        var ben = await JoinAsync("ben");
        await Get<PeopleService>().SetDisabledAsync(Admin, ben.Id, true, default);

        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("ben@example.org", Password)).Outcome);
    }

    [Fact]
    public async Task CheckCode_Right_AdmitsOnce()
    {
        var key = await EnableTwoFactorAsync();

        Assert.Equal(SignInOutcome.SecondFactorNeeded, (await CheckAsync("anna@example.org", Password)).Outcome);
        var code = AuthenticatorCode.At(key, Time.GetUtcNow());
        Assert.Equal(SignInOutcome.Admitted, (await SignIns.CheckCodeAsync(Actor.Anonymous, Admin.Id, code, default)).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await SignIns.CheckCodeAsync(Actor.Anonymous, Admin.Id, code, default)).Outcome);
    }

    [Fact]
    public async Task CheckCode_WrongFiveTimesWithThePasswordBetween_Locks()
    {
        var key = await EnableTwoFactorAsync();
        for (var i = 0; i < SignInService.MaxTries; i++)
        {
            await CheckAsync("anna@example.org", Password);
            await SignIns.CheckCodeAsync(Actor.Anonymous, Admin.Id, "000000x", default);
        }

        Assert.Equal(SignInOutcome.Refused, (await CheckAsync("anna@example.org", Password)).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await SignIns.CheckCodeAsync(Actor.Anonymous, Admin.Id, AuthenticatorCode.At(key, Time.GetUtcNow()), default)).Outcome);
    }

    [Fact]
    public async Task CheckRecoveryCode_HoweverItIsTyped_AdmitsOnce()
    {
        var codes = await EnableTwoFactorWithCodesAsync();
        var typed = codes[3].ToUpperInvariant().Replace("-", " ");

        Assert.Equal(SignInOutcome.Admitted, (await SignIns.CheckRecoveryCodeAsync(Actor.Anonymous, Admin.Id, typed, default)).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await SignIns.CheckRecoveryCodeAsync(Actor.Anonymous, Admin.Id, typed, default)).Outcome);
        Assert.Equal(new TwoFactorStatus(true, 9), await Get<TwoFactorService>().GetAsync(Admin, default));
        Assert.DoesNotContain(codes[0], (await ReadAsync(Admin.Id)).RecoveryCodeHashes);
    }

    [Fact]
    public async Task CheckRecoveryCode_TwoFactorOff_IsRefused() =>
        Assert.Equal(SignInOutcome.Refused, (await SignIns.CheckRecoveryCodeAsync(Actor.Anonymous, Admin.Id, "", default)).Outcome);

    private Task<SignInCheck> CheckAsync(string? email, string? password) => SignIns.CheckPasswordAsync(Actor.Anonymous, email, password, default);

    private async Task<string> EnableTwoFactorAsync()
    {
        await EnableTwoFactorWithCodesAsync();
        Time.Advance(TimeSpan.FromSeconds(30));   // the code that switched it on is used up
        return (await ReadAsync(Admin.Id)).AuthenticatorKey!;
    }

    private async Task<IReadOnlyList<string>> EnableTwoFactorWithCodesAsync()
    {
        var setUp = await Get<TwoFactorService>().BeginAsync(Admin, default);
        return await Get<TwoFactorService>().EnableAsync(Admin, AuthenticatorCode.At(setUp.Key, Time.GetUtcNow()), default);
    }
}
