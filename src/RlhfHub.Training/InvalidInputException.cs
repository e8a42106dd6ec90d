namespace RlhfHub.Training;

/// <summary>What a person asked for cannot be done as asked. The message is one sentence: what, where, and what would be right.</summary>
public sealed class InvalidInputException(string message, Exception? inner = null) : Exception(message, inner);
