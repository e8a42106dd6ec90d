namespace RlhfHub.Training.Models;

/// <summary>
/// A file of a model folder is not what it should be. The message is one sentence for the person who brought the folder: which file, what in it, and what would be right.
/// Every reader of model files (safetensors, config.json, tokenizer.json, chat templates) throws this and nothing else for bad content.
/// </summary>
public sealed class ModelFileException(string message, Exception? inner = null) : Exception(message, inner);
