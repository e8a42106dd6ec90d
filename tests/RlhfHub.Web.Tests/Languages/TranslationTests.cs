using System.Collections.Frozen;
using System.Text.RegularExpressions;
using RlhfHub.Web.Languages;

namespace RlhfHub.Web.Tests.Languages;

public sealed partial class TranslationTests
{
    public static TheoryData<string> Translations => [.. Language.All.Skip(1).Select(language => language.Code)];   // the first is the language of the source

    [Fact]
    public void EveryText_IsALiteral()
    {
        Assert.Empty(SourceTexts.Hidden);
        Assert.NotEmpty(SourceTexts.All);
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void EveryText_OfThePages_IsTranslated(string code)
    {
        Assert.Empty(SourceTexts.All.Except(Texts(code).Keys));
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void EveryTranslation_IsOfATextThatThePagesHave(string code)
    {
        Assert.Empty(Texts(code).Keys.Except(SourceTexts.All));
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void EveryTranslation_HasThePlacesOfItsText(string code)
    {
        Assert.Empty(Texts(code).Where(text => !Places(text.Key).SetEquals(Places(text.Value))).Select(text => $"{text.Key} -> {text.Value}"));
    }

    private static FrozenDictionary<string, string> Texts(string code) => Language.Of(code)!.Texts;

    private static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(place => place.Value)];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
