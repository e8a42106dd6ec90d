namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>A pattern cannot be read, or takes too long. The message is the second half of a sentence about the pattern.</summary>
internal sealed class PatternException(string message) : Exception(message);
