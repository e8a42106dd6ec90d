namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>Puts special tokens around the ids of a text.</summary>
internal interface IPostProcessor
{
    List<int> Process(List<int> ids);
}
