namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>One post-processor after the other.</summary>
internal sealed class SequencePostProcessor(IPostProcessor[] parts) : IPostProcessor
{
    public List<int> Process(List<int> ids)
    {
        foreach (var part in parts) ids = part.Process(ids);
        return ids;
    }

    public static SequencePostProcessor Read(JsonSection section) =>
        new([.. section.Require("processors").AsArray().Select(PostProcessorCatalog.All.Read)]);
}
