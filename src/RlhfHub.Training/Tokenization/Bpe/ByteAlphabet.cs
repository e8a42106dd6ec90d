using System.Text;

namespace RlhfHub.Training.Tokenization.Bpe;

/// <summary>
/// GPT-2's alphabet of 256 visible characters, one for each byte: printable bytes are themselves, the others follow from U+0100 on (a space is Ġ).
/// See https://github.com/openai/gpt-2/blob/master/src/encoder.py.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharacterOfByte = MakeCharacters();
    private static readonly short[] ByteOfCharacter = MakeBytes();

    public static IReadOnlyList<char> Characters => CharacterOfByte;

    /// <summary>The byte that <paramref name="character"/> stands for, or -1.</summary>
    public static int ByteOf(char character) => character < ByteOfCharacter.Length ? ByteOfCharacter[character] : -1;

    public static void Append(ReadOnlySpan<char> text, StringBuilder output)
    {
        Span<byte> bytes = stackalloc byte[256];
        while (text.Length > 0)
        {
            var size = Math.Min(text.Length, 64);
            // A pair of surrogates must not be cut in two.
            if (size < text.Length && char.IsHighSurrogate(text[size - 1])) size--;
            var count = Encoding.UTF8.GetBytes(text[..size], bytes);
            foreach (var value in bytes[..count]) output.Append(CharacterOfByte[value]);
            text = text[size..];
        }
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(isPrintable ? value : next++);
        }
        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[CharacterOfByte.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++) bytes[CharacterOfByte[value]] = (short)value;
        return bytes;
    }
}
