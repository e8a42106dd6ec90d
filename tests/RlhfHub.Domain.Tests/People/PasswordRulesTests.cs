using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("many small violet boats")]
    [InlineData("correct-pony-battery")]
    [InlineData("Zx81#spectrum!")]
    public void Problem_GoodPassword_IsNone(string password) => Assert.Null(PasswordRules.Problem(password, "anna@example.org"));

    [Theory]
    [InlineData(null)]
    [InlineData("elevensigns")]
    public void Problem_TooShort_SaysHowLong(string? password) => Assert.Contains("at least 12", PasswordRules.Problem(password, "anna@example.org"));

    [Fact]
    public void Problem_TooLong_SaysHowLong()
    {
        Assert.Null(PasswordRules.Problem(string.Concat(Enumerable.Repeat("ab3dEfg7", 16)), "a@b.org"));
        Assert.Contains("at most 128", PasswordRules.Problem(string.Concat(Enumerable.Repeat("ab3dEfg7", 16)) + "x", "a@b.org"));
    }

    [Theory]
    [InlineData("my anna@example.org 1")]
    [InlineData("annabelle is my name")]
    public void Problem_WithTheAddress_IsRefused(string password) =>
        Assert.Contains("e-mail address", PasswordRules.Problem(password, password.StartsWith("my", StringComparison.Ordinal) ? "anna@example.org" : "annabelle@example.org"));

    [Theory]
    [InlineData("password1234")]
    [InlineData("Password123!!!")]
    [InlineData("qwertyuiop123")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("passwordpassword")]
    [InlineData("abababababab12")]
    public void Problem_Common_IsRefused(string password) => Assert.Contains("less common", PasswordRules.Problem(password, "anna@example.org"));
}
