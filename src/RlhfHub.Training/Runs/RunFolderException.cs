namespace RlhfHub.Training.Runs;

/// <summary>A file of a run folder is damaged or was written by something that does not follow the contract. The message says which file, what in it, and what would be right.</summary>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);
