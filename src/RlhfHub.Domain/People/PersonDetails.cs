using System.Net.Mail;

namespace RlhfHub.Domain.People;

/// <summary>What somebody says of themselves to get an account.</summary>
/// <param name="Email">The address to sign in with.</param>
/// <param name="DisplayName">The name that others see.</param>
/// <param name="Password">The password.</param>
public sealed record PersonDetails(string? Email, string? DisplayName, string? Password)
{
    /// <summary>Longest address, in characters.</summary>
    public const int MaxEmailLength = 254;

    /// <summary>The same without blanks around it.</summary>
    public PersonDetails Trimmed() => this with { Email = Email?.Trim(), DisplayName = DisplayName?.Trim() };

    /// <summary>What is wrong with it, by field.</summary>
    public IReadOnlyDictionary<string, string> Problems()
    {
        var problems = new Dictionary<string, string>();
        if (EmailProblem(Email) is { } email) problems[nameof(Email)] = email;
        if (DisplayNameProblem(DisplayName) is { } name) problems[nameof(DisplayName)] = name;
        if (PasswordRules.Problem(Password, Email ?? "") is { } password) problems[nameof(Password)] = password;
        return problems;
    }

    /// <summary>What is wrong with an address; null when nothing is.</summary>
    public static string? EmailProblem(string? email) => IsEmail(email) ? null : "Give an e-mail address, like ada@example.org.";

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? DisplayNameProblem(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "Give a name that others see."
        : name.Length > Person.MaxDisplayNameLength ? $"A name has at most {Person.MaxDisplayNameLength} characters."
        : name.Any(char.IsControl) ? "A name has no control characters." : null;

    private static bool IsEmail(string? email) =>
        email is { Length: > 2 and <= MaxEmailLength } && MailAddress.TryCreate(email, out var address) && address.Address == email && !email.Any(char.IsWhiteSpace) && !email.Contains('"');
}
