using System.Text;

namespace RlhfHub.Web.Languages;

/// <summary>English made strange: accents on its letters, a third longer, in brackets. What still reads plainly on a page was never in the resources; what is cut off has no room for other languages.</summary>
internal static class PseudoLocale
{
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Strange = "áƀćđéƒǵĥíĵķĺɱñóƥʠŕšţúṽŵẋýžÁƁĆĐÉƑǴĤÍĴĶĹṀÑÓƤɊŔŠŢÚṼŴẊÝŽ";

    /// <summary>The strange form of a text; places for values stay as they are.</summary>
    public static string Of(string english)
    {
        var text = new StringBuilder("⟦");
        var isPlace = false;
        foreach (var letter in english)
        {
            isPlace = letter == '{' || (isPlace && letter != '}');
            var index = isPlace ? -1 : Plain.IndexOf(letter);
            text.Append(index < 0 ? letter : Strange[index]);
        }
        return text.Append('~', english.Length / 3).Append('⟧').ToString();
    }
}
