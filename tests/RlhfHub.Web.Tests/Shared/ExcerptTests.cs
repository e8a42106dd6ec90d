using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.Shared;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "longe…")]
    [InlineData("abcd🙂", 5, "abcd…")]
    [InlineData("abc🙂d", 5, "abc🙂…")]
    public void Of_TooLong_CutsBetweenCharacters(string text, int characters, string expected) => Assert.Equal(expected, Excerpt.Of(text, characters));
}
