using System.Globalization;
using RlhfHub.Web.Languages;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Tests.Languages;

public sealed class WordingTests : IDisposable
{
    private readonly CultureInfo before = CultureInfo.CurrentUICulture;

    public void Dispose() => CultureInfo.CurrentUICulture = before;

    [Fact]
    public void T_WithContext_ShowsTheWordsOnly()
    {
        CultureInfo.CurrentUICulture = Language.All[0].Culture;

        Assert.Equal("Label", T("Label|verb"));
    }

    [Fact]
    public void T_InGerman_TranslatesAndWritesNumbersTheGermanWay()
    {
        CultureInfo.CurrentUICulture = Language.Of("de")!.Culture;

        Assert.Equal("Jetzt nicht", T("Not now"));
        Assert.Equal("1.204", N(1204, "{0:N0}", "{0:N0}"));
    }

    [Fact]
    public void T_NotTranslated_IsEnglish()
    {
        CultureInfo.CurrentUICulture = Language.Of("de")!.Culture;

        Assert.Equal("No language has this 7", T("No language has this {0}", 7));
    }

    [Theory]
    [InlineData(1, "1 task waits")]
    [InlineData(2, "2 tasks wait")]
    [InlineData(0, "0 tasks wait")]
    public void N_ChoosesTheWordsByTheNumber(int count, string expected)
    {
        CultureInfo.CurrentUICulture = Language.All[0].Culture;

        Assert.Equal(expected, N(count, "{0:N0} task waits", "{0:N0} tasks wait"));
    }

    [Fact]
    public void T_InThePseudoLocale_IsStrangeButKeepsItsPlaces()
    {
        CultureInfo.CurrentUICulture = Language.Pseudo.Culture;

        Assert.Equal("⟦Šţéƥ 1 óƒ 3~~~~~⟧", T("Step {0} of {1}", 1, 3));
    }
}
