namespace RlhfHub.Domain;

/// <summary>What somebody asked for is wrong, and they can mend it: one clear sentence for each field.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>Several fields are wrong.</summary>
    /// <param name="errors">One sentence a field, by the field's name; at least one. An empty name stands for the request as a whole.</param>
    public InvalidRequestException(IReadOnlyDictionary<string, string> errors) : base(string.Join(' ', errors.Values))
    {
        if (errors.Count == 0) throw new ArgumentException("There is no error in it.", nameof(errors));
        Errors = errors;
    }

    /// <summary>One field is wrong.</summary>
    /// <param name="field">The field's name; empty for the request as a whole.</param>
    /// <param name="sentence">What is wrong and what would be right.</param>
    public InvalidRequestException(string field, string sentence) : this(new Dictionary<string, string> { [field] = sentence })
    {
    }

    /// <summary>One sentence a field, by the field's name.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; }

    /// <summary>Throws when there is an error in <paramref name="errors"/>.</summary>
    public static void ThrowIfAny(IReadOnlyDictionary<string, string> errors)
    {
        if (errors.Count > 0) throw new InvalidRequestException(errors);
    }
}
