using System.Globalization;
using static System.Globalization.UnicodeCategory;

namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>The sets of code points that patterns name: <c>\p{L}</c>, <c>\s</c>, <c>[:alpha:]</c>.</summary>
internal static class UnicodeProperties
{
    private static readonly uint Letters = Bits(UppercaseLetter, LowercaseLetter, TitlecaseLetter, ModifierLetter, OtherLetter);
    private static readonly uint Marks = Bits(NonSpacingMark, SpacingCombiningMark, EnclosingMark);
    private static readonly uint Numbers = Bits(DecimalDigitNumber, LetterNumber, OtherNumber);
    private static readonly uint Punctuations =
        Bits(ConnectorPunctuation, DashPunctuation, OpenPunctuation, ClosePunctuation, InitialQuotePunctuation, FinalQuotePunctuation, OtherPunctuation);
    private static readonly uint Symbols = Bits(MathSymbol, CurrencySymbol, ModifierSymbol, OtherSymbol);
    private static readonly uint Separators = Bits(SpaceSeparator, LineSeparator, ParagraphSeparator);
    private static readonly uint Others = Bits(Control, Format, Surrogate, PrivateUse, OtherNotAssigned);

    // The only letters by property (Alphabetic) that are symbols by category: circled, squared and negative Latin letters.
    private static readonly int[] LetterLikeSymbols = [0x24B6, 0x24E9, 0x1F130, 0x1F149, 0x1F150, 0x1F169, 0x1F170, 0x1F189];

    public static CodePointSet WhiteSpace { get; } =
        new(ranges: [0x09, 0x0D, 0x20, 0x20, 0x85, 0x85, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000]);

    public static CodePointSet Digit { get; } = new(Bits(DecimalDigitNumber));

    public static CodePointSet Number { get; } = new(Numbers);

    public static CodePointSet Mark { get; } = new(Marks);

    public static CodePointSet NonSpacing { get; } = new(Bits(NonSpacingMark));

    public static CodePointSet Other { get; } = new(Others);

    /// <summary><c>\w</c>: letters, marks, decimal digits, letter numbers and connectors such as the underscore.</summary>
    public static CodePointSet Word { get; } = new(Letters | Marks | Bits(DecimalDigitNumber, LetterNumber, ConnectorPunctuation), LetterLikeSymbols);

    /// <summary><c>\w</c> outside brackets, where Oniguruma counts Latin-1's small digits and fractions in as well.</summary>
    public static CodePointSet WordOutsideBrackets { get; } = new(united: [Word], ranges: [0xB2, 0xB3, 0xB9, 0xB9, 0xBC, 0xBE]);

    public static CodePointSet HexDigit { get; } = new(ranges: ['0', '9', 'A', 'F', 'a', 'f']);

    public static CodePointSet Any { get; } = new(isNegated: true);

    public static CodePointSet AnyButNewline { get; } = new(ranges: ['\n', '\n'], isNegated: true);

    /// <summary>ASCII punctuation and symbols, and punctuation of all scripts.</summary>
    public static CodePointSet PunctuationOrAsciiSymbol { get; } = new(Punctuations, ['!', '/', ':', '@', '[', '`', '{', '~']);

    // Names as in https://www.unicode.org/Public/UCD/latest/ucd/PropertyValueAliases.txt.
    private static readonly Dictionary<string, CodePointSet> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["L"] = new(Letters),
        ["Letter"] = new(Letters),
        ["Lu"] = new(Bits(UppercaseLetter)),
        ["Ll"] = new(Bits(LowercaseLetter)),
        ["Lt"] = new(Bits(TitlecaseLetter)),
        ["LC"] = new(Bits(UppercaseLetter, LowercaseLetter, TitlecaseLetter)),
        ["Lm"] = new(Bits(ModifierLetter)),
        ["Lo"] = new(Bits(OtherLetter)),
        ["M"] = Mark,
        ["Mark"] = Mark,
        ["Mn"] = NonSpacing,
        ["Mc"] = new(Bits(SpacingCombiningMark)),
        ["Me"] = new(Bits(EnclosingMark)),
        ["N"] = Number,
        ["Number"] = Number,
        ["Nd"] = Digit,
        ["Nl"] = new(Bits(LetterNumber)),
        ["No"] = new(Bits(OtherNumber)),
        ["P"] = new(Punctuations),
        ["Punctuation"] = new(Punctuations),
        ["Pc"] = new(Bits(ConnectorPunctuation)),
        ["Pd"] = new(Bits(DashPunctuation)),
        ["Ps"] = new(Bits(OpenPunctuation)),
        ["Pe"] = new(Bits(ClosePunctuation)),
        ["Pi"] = new(Bits(InitialQuotePunctuation)),
        ["Pf"] = new(Bits(FinalQuotePunctuation)),
        ["Po"] = new(Bits(OtherPunctuation)),
        ["S"] = new(Symbols),
        ["Symbol"] = new(Symbols),
        ["Sm"] = new(Bits(MathSymbol)),
        ["Sc"] = new(Bits(CurrencySymbol)),
        ["Sk"] = new(Bits(ModifierSymbol)),
        ["So"] = new(Bits(OtherSymbol)),
        ["Z"] = new(Separators),
        ["Separator"] = new(Separators),
        ["Zs"] = new(Bits(SpaceSeparator)),
        ["Zl"] = new(Bits(LineSeparator)),
        ["Zp"] = new(Bits(ParagraphSeparator)),
        ["C"] = Other,
        ["Other"] = Other,
        ["Cc"] = new(Bits(Control)),
        ["Cf"] = new(Bits(Format)),
        ["Cs"] = new(Bits(Surrogate)),
        ["Co"] = new(Bits(PrivateUse)),
        ["Cn"] = new(Bits(OtherNotAssigned)),
        ["Any"] = Any,
        ["White_Space"] = WhiteSpace,
        ["Space"] = WhiteSpace,
        ["Word"] = Word,
    };

    private static readonly Dictionary<string, CodePointSet> Posix = new(StringComparer.Ordinal)
    {
        ["digit"] = Digit,
        ["space"] = WhiteSpace,
        ["word"] = Word,
        ["xdigit"] = HexDigit,
        ["cntrl"] = new(Bits(Control)),
        ["blank"] = new(Bits(SpaceSeparator), ['\t', '\t']),
    };

    /// <summary>The set of <c>\p{name}</c>, or null when there is none.</summary>
    public static CodePointSet? Find(string name) => ByName.GetValueOrDefault(name.Replace(' ', '_'));

    /// <summary>The set of <c>[:name:]</c>, or null when there is none.</summary>
    public static CodePointSet? FindPosix(string name) => Posix.GetValueOrDefault(name);

    private static uint Bits(params ReadOnlySpan<UnicodeCategory> categories)
    {
        var bits = 0u;
        foreach (var category in categories) bits |= 1u << (int)category;
        return bits;
    }
}
