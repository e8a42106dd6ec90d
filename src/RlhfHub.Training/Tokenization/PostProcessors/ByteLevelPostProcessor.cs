namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>Trims offsets in the library that the format comes from; ids stay as they are.</summary>
internal sealed class ByteLevelPostProcessor : IPostProcessor
{
    public List<int> Process(List<int> ids) => ids;
}
