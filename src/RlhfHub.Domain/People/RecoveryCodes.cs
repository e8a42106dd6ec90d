using System.Security.Cryptography;

namespace RlhfHub.Domain.People;

/// <summary>Codes to sign in with once where the authenticator is lost.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;

    // No letters that are read as others or as digits.
    private const string Letters = "23456789abcdefghjkmnpqrstuvwxyz";

    /// <summary>Fresh codes, like 4kmx9-tq7ab-2hw5s: 74 random bits each, so that a plain hash protects them.</summary>
    public static IReadOnlyList<string> New() => [.. Enumerable.Range(0, Count).Select(_ => string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(Letters, 5))))];

    public static string Hash(string? code) => SecretToken.Hash(new string([.. (code ?? "").ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]));
}
