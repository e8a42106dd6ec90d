using MudBlazor;
using MudBlazor.Utilities;
using RlhfHub.Web.Layout;

namespace RlhfHub.Web.Tests.Layout;

public sealed class ThemeTests
{
    public static TheoryData<string, double> Palettes => new() { { "light", 4.5 }, { "dark", 4.5 }, { "contrast", 7 }, { "contrast-dark", 7 } };

    [Theory]
    [MemberData(nameof(Palettes))]
    public void Palette_EveryTextOnEveryGround_StandsOut(string name, double least)
    {
        Palette palette = name switch
        {
            "light" => Theme.Hub.PaletteLight,
            "dark" => Theme.Hub.PaletteDark,
            "contrast" => Theme.Contrast.PaletteLight,
            _ => Theme.Contrast.PaletteDark,
        };

        foreach (var ground in new[] { palette.Background, palette.Surface })
            foreach (var text in new[] { palette.TextPrimary, palette.TextSecondary, palette.Primary, palette.Success, palette.Warning, palette.Error, palette.ActionDefault })
                Assert.True(Contrast(text, ground) >= least, $"{text} on {ground}: {Contrast(text, ground):F2}");
        Assert.True(Contrast(palette.PrimaryContrastText, palette.Primary) >= least, "text on the primary colour");
    }

    private static double Contrast(MudColor one, MudColor other)
    {
        var (light, dark) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (light + 0.05) / (dark + 0.05);
    }

    // As WCAG defines it.
    private static double Luminance(MudColor colour)
    {
        static double Linear(byte part) => part / 255.0 <= 0.04045 ? part / 255.0 / 12.92 : Math.Pow(((part / 255.0) + 0.055) / 1.055, 2.4);
        return (0.2126 * Linear(colour.R)) + (0.7152 * Linear(colour.G)) + (0.0722 * Linear(colour.B));
    }
}
