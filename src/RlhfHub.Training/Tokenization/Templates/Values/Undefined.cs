namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>What a name or attribute that does not exist gives: prints as nothing, is false and empty, and anything more than that is an error with this reason.</summary>
internal sealed class Undefined(string reason)
{
    public string Reason { get; } = reason;
}

/// <summary>The object that <c>namespace()</c> makes: the one thing that a template can change from inside a loop.</summary>
internal sealed class PyNamespace
{
    public Dictionary<string, object?> Attributes { get; } = [];
}
