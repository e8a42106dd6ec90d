using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RlhfHub.Domain.People;

/// <summary>A secret that whoever holds it shows once or again: an invitation, a reset link, a personal token. The database keeps its hash only.</summary>
/// <remarks>256 random bits cannot be guessed, so a plain SHA-256 protects them as well as a slow hash would.</remarks>
public static class SecretToken
{
    /// <summary>Length of a hash, in characters.</summary>
    public const int HashLength = 64;

    /// <summary>A new secret: <paramref name="prefix"/> and 43 characters that may stand in an address.</summary>
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the database keeps of a secret, in lower-case hex.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
