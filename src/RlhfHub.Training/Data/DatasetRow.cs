namespace RlhfHub.Training.Data;

/// <summary>One example of a data set.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Shape">Its fields in words: rows of one file have the same.</param>
public abstract record DatasetRow(LinePlace Place, string Shape)
{
    /// <summary>What is asked in it, for keeping the same prompt out of two splits.</summary>
    public abstract string PromptKey { get; }
}
