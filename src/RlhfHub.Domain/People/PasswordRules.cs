namespace RlhfHub.Domain.People;

/// <summary>What a password must be. Length is what counts; no digit or sign is asked for.</summary>
public static class PasswordRules
{
    /// <summary>Shortest password, in characters.</summary>
    public const int MinLength = 12;

    /// <summary>Longest password, in characters: hashing takes longer with each.</summary>
    public const int MaxLength = 128;

    // Of the passwords that people choose most, those (and those parts) that survive the minimum length when repeated or joined.
    private static readonly string[] CommonParts =
    [
        "password", "passw0rd", "passwort", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "letmein", "iloveyou", "welcome", "administrator", "admin", "changeme", "trustno1", "sunshine",
        "princess", "football", "baseball", "superman", "batman", "dragon", "monkey", "master", "shadow", "michael", "jennifer", "whatever", "starwars", "pokemon", "secret", "default", "rlhfhub",
        "1q2w3e4r5t6y", "1q2w3e4r", "1qaz2wsx3edc", "1qaz2wsx", "abcdefghijkl", "abcdef", "abc123", "abc", "123456789012", "1234567890", "123456789", "12345678", "1234567", "123456", "12345", "1234", "123",
        "987654321", "654321", "321", "qwe", "asd", "zxc", "test", "user", "login", "hello", "correcthorsebatterystaple",
    ];

    /// <summary>What is wrong with a password; null when nothing is.</summary>
    /// <param name="password">The password.</param>
    /// <param name="email">Whose it is to be.</param>
    public static string? Problem(string? password, string email)
    {
        if (string.IsNullOrEmpty(password) || password.Length < MinLength) return $"A password needs at least {MinLength} characters; a few words in a row are easy to remember.";
        if (password.Length > MaxLength) return $"A password has at most {MaxLength} characters.";
        var name = email.Split('@')[0];
        if ((email.Length > 0 && password.Contains(email, StringComparison.OrdinalIgnoreCase)) || (name.Length > 3 && password.Contains(name, StringComparison.OrdinalIgnoreCase)))
            return "A password may not contain your e-mail address or the name in it.";
        if (IsCommon(password)) return "This password is among those that are tried first; take something less common.";
        return null;
    }

    /// <summary>Whether little is left of the password without common parts, digits at the end and repetition.</summary>
    private static bool IsCommon(string password)
    {
        if (password.ToLowerInvariant().Distinct().Count() < 5) return true;
        var rest = password.ToLowerInvariant();
        foreach (var part in CommonParts) rest = rest.Replace(part, "", StringComparison.Ordinal);
        return rest.Length < 4 && rest.Length < password.Length;
    }
}
