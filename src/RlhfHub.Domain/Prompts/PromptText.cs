using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RlhfHub.Domain.Prompts;

/// <summary>What makes two prompts the same text, and which split a text belongs to.</summary>
public static class PromptText
{
    /// <summary>SHA-256 in lower-case hex of roles and contents. Blanks at a message's ends do not count, nor how line ends are written.</summary>
    public static string Hash(IReadOnlyList<Message> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in messages)
        {
            Append(hash, message.Role);
            Append(hash, Normalize(message.Content));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// The split by a hash of the conversation's first user message: 80 % train, 10 % validation, 10 % test. All continuations of one conversation fall into one
    /// split, so that a model is never tested on an answer whose beginning it has learned.
    /// </summary>
    public static Split SplitOf(IReadOnlyList<Message> messages)
    {
        var first = messages.FirstOrDefault(message => message.Role == Message.User) ?? messages.FirstOrDefault();
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("split\n" + Normalize(first?.Content ?? "")));
        var share = BitConverter.ToUInt32(digest) / (uint.MaxValue + 1.0);
        return share < 0.8 ? Split.Train : share < 0.9 ? Split.Validation : Split.Test;
    }

    /// <summary>The whole conversation as one text, for fingerprints and search.</summary>
    public static string Flatten(IReadOnlyList<Message> messages) => string.Join('\n', messages.Select(message => message.Content));

    /// <summary>How many characters the messages have together.</summary>
    public static int Length(IReadOnlyList<Message> messages) => messages.Sum(message => message.Content.Length);

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").Trim();

    // Each part says its length first, so that no two lists of parts give the same bytes.
    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
        hash.AppendData(bytes);
    }
}
