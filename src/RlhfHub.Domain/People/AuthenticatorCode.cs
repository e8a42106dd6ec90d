using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RlhfHub.Domain.People;

/// <summary>The six digits of authenticator apps: TOTP of RFC 6238 with SHA-1 and steps of 30 seconds, which is what every app knows.</summary>
public static class AuthenticatorCode
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new key of 160 random bits, in Base32.</summary>
    public static string NewKey()
    {
        var text = new StringBuilder(32);
        foreach (var part in RandomNumberGenerator.GetBytes(32)) text.Append(Base32[part % 32]);   // 256 is a multiple of 32: each letter is as likely
        return text.ToString();
    }

    /// <summary>The address that apps read from a QR code.</summary>
    public static string Address(string key, string email) => $"otpauth://totp/RlhfHub:{Uri.EscapeDataString(email)}?secret={key}&issuer=RlhfHub&digits=6&period=30";

    /// <summary>The step that a code belongs to, of the present one and those before and after it, as clocks differ; null when it fits none after <paramref name="lastStep"/>.</summary>
    public static long? FindStep(string key, string? code, long lastStep, DateTimeOffset now)
    {
        code = code?.Replace(" ", "", StringComparison.Ordinal) ?? "";
        var present = now.ToUnixTimeSeconds() / 30;
        for (var step = present - 1; step <= present + 1; step++)
            if (step > lastStep && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(At(key, step)), Encoding.UTF8.GetBytes(code)))
                return step;
        return null;
    }

    /// <summary>The code of a moment.</summary>
    public static string At(string key, DateTimeOffset now) => At(key, now.ToUnixTimeSeconds() / 30);

    private static string At(string key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        // RFC 6238 is defined with SHA-1; nothing here depends on its collisions.
#pragma warning disable CA5350
        var hash = HMACSHA1.HashData(Bytes(key), counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 15;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        var (bits, count, next) = (0, 0, 0);
        foreach (var letter in key)
        {
            bits = (bits << 5) | Base32.IndexOf(letter, StringComparison.Ordinal);
            count += 5;
            if (count < 8) continue;
            count -= 8;
            bytes[next++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }
        return bytes;
    }
}
