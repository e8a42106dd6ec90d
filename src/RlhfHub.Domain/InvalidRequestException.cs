namespace RlhfHub.Domain;

/// <summary>Somebody asked for something that makes no sense; each message says what, where and what would be right, and may be shown.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>One field is wrong.</summary>
    public InvalidRequestException(string field, string message) : this(new Dictionary<string, string[]> { [field] = [message] })
    {
    }

    /// <summary>Several fields are wrong.</summary>
    public InvalidRequestException(IReadOnlyDictionary<string, string[]> errors) : base(string.Join(' ', errors.Values.SelectMany(messages => messages))) => Errors = errors;

    /// <summary>Sentences by the field's name in camelCase; "" for what concerns no single field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }
}
