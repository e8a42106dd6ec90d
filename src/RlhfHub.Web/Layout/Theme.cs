using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace RlhfHub.Web.Layout;

/// <summary>Every colour and size of the site. Components name a role (primary, surface), never a colour.</summary>
internal static class Theme
{
    private static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"];

    // A phone has no room for the desktop's heading.
    private const string HeadingSize = "clamp(1.625rem, 1.25rem + 1.6vw, 2rem)";

    private static readonly LayoutProperties Layout = new() { DefaultBorderRadius = "8px", AppbarHeight = "56px" };

    private static readonly Typography Text = new()
    {
        Default = new DefaultTypography { FontFamily = Fonts, FontSize = "1rem", LineHeight = "1.6", LetterSpacing = "normal" },
        H1 = new H1Typography { FontFamily = Fonts, FontSize = HeadingSize, FontWeight = "650", LineHeight = "1.2", LetterSpacing = "-0.01em" },
        H2 = new H2Typography { FontFamily = Fonts, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "normal" },
        Body1 = new Body1Typography { FontFamily = Fonts, FontSize = "1rem", LineHeight = "1.6", LetterSpacing = "normal" },
        Body2 = new Body2Typography { FontFamily = Fonts, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
        Button = new ButtonTypography { FontFamily = Fonts, TextTransform = "none", LetterSpacing = "normal" },
    };

    internal static MudTheme Hub { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2b5f9e",
            Secondary = "#6a4f9b",
            Success = "#23723f",
            Warning = "#8a5a00",
            Error = "#b3261e",
            Info = "#2b5f9e",
            Background = "#f7f7f5",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1d2125",
            TextPrimary = "#1d2125",
            TextSecondary = "#57606a",
            ActionDefault = "#57606a",
            Divider = "#e1e3e6",
            LinesDefault = "#e1e3e6",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8ab8ee",
            PrimaryContrastText = "#14171a",
            Secondary = "#bda7e6",
            Success = "#7fcb96",
            Warning = "#e6b655",
            Error = "#f2a19a",
            Info = "#8ab8ee",
            Background = "#14171a",
            Surface = "#1c2024",
            AppbarBackground = "#1c2024",
            AppbarText = "#e6e8ea",
            TextPrimary = "#e6e8ea",
            TextSecondary = "#a3abb3",
            ActionDefault = "#a3abb3",
            Divider = "#30363c",
            LinesDefault = "#30363c",
        },
        LayoutProperties = Layout,
        Typography = Text,
    };

    /// <summary>Black and white with lines that are seen: every text stands out by at least 7 to 1, as WCAG's level AAA asks.</summary>
    internal static MudTheme Contrast { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#00337f",
            Secondary = "#4a1a7d",
            Success = "#00471b",
            Warning = "#5c3b00",
            Error = "#8b0000",
            Info = "#00337f",
            Background = "#ffffff",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#000000",
            TextPrimary = "#000000",
            TextSecondary = "#000000",
            ActionDefault = "#000000",
            Divider = "#000000",
            LinesDefault = "#000000",
            LinesInputs = "#000000",
            TableLines = "#000000",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#ffe600",
            PrimaryContrastText = "#000000",
            Secondary = "#e0c8ff",
            Success = "#8dffb0",
            Warning = "#ffd166",
            Error = "#ffb3ad",
            Info = "#9fd0ff",
            Background = "#000000",
            Surface = "#000000",
            AppbarBackground = "#000000",
            AppbarText = "#ffffff",
            TextPrimary = "#ffffff",
            TextSecondary = "#ffffff",
            ActionDefault = "#ffffff",
            Divider = "#ffffff",
            LinesDefault = "#ffffff",
            LinesInputs = "#ffffff",
            TableLines = "#ffffff",
        },
        LayoutProperties = Layout,
        Typography = Text,
    };

    /// <summary>The colours that show before the circuit is up, and all of them on static pages, where MudBlazor's theme is not rendered.</summary>
    internal static MarkupString FirstPaint { get; } = new(
        $":root{{{Variables(Hub.PaletteLight)}color-scheme:light;--hub-font:{string.Join(',', Fonts)};--hub-heading-size:{HeadingSize}}}" +
        $":root[data-theme=dark]{{{Variables(Hub.PaletteDark)}color-scheme:dark}}" +
        $":root[data-theme=contrast]{{{Variables(Contrast.PaletteLight)}color-scheme:light}}" +
        $":root[data-theme=contrast-dark]{{{Variables(Contrast.PaletteDark)}color-scheme:dark}}");

    private static string Variables(Palette palette) =>
        $"--hub-background:{palette.Background};--hub-surface:{palette.Surface};--hub-text:{palette.TextPrimary};" +
        $"--hub-muted:{palette.TextSecondary};--hub-line:{palette.LinesDefault};--hub-primary:{palette.Primary};--hub-error:{palette.Error};--hub-success:{palette.Success};";
}
