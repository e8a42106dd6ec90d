namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>A record cannot be read: the message ends the sentence that begins with its place. Caught where rows are made.</summary>
internal sealed class BadRecordException(string message) : Exception(message);

/// <summary>An example cannot be written in a format: the message is the sentence. Caught where examples are written.</summary>
internal sealed class CannotCarryException(string message) : Exception(message);
