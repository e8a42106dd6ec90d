using System.Buffers;
using System.Text;
using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>Writes texts as people can read them: .NET's own encoders escape every letter beyond U+FFFF and much else. Escaped are what JSON demands, control
/// characters, and line separators that some readers split lines at.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\', .. Enumerable.Range(0x7F, 0x21).Select(code => (char)code), '\u2028', '\u2029']);

    public static void Write(Utf8JsonWriter json, string text)
    {
        var most = checked(6 * text.Length + 2);
        var first = text.AsSpan().IndexOfAny(Escaped);
        if (first < 0) most = checked(3 * text.Length + 2);
        var bytes = ArrayPool<byte>.Shared.Rent(most);
        var length = 0;
        bytes[length++] = (byte)'"';
        var rest = text.AsSpan();
        while (first >= 0)
        {
            length += Encoding.UTF8.GetBytes(rest[..first], bytes.AsSpan(length));
            length += Escape(rest[first], bytes.AsSpan(length));
            rest = rest[(first + 1)..];
            first = rest.IndexOfAny(Escaped);
        }
        length += Encoding.UTF8.GetBytes(rest, bytes.AsSpan(length));
        bytes[length++] = (byte)'"';
        json.WriteRawValue(bytes.AsSpan(0, length), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static int Escape(char character, Span<byte> target)
    {
        var brief = character switch { '"' => '"', '\\' => '\\', '\n' => 'n', '\r' => 'r', '\t' => 't', _ => '\0' };
        if (brief != '\0')
        {
            (target[0], target[1]) = ((byte)'\\', (byte)brief);
            return 2;
        }
        (target[0], target[1]) = ((byte)'\\', (byte)'u');
        ((int)character).TryFormat(target[2..], out _, "x4");
        return 6;
    }
}
