namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>The kinds of <c>post_processor</c> that tokenizer files may name. A new kind is a file and a line here.</summary>
internal static class PostProcessorCatalog
{
    public static PartCatalog<IPostProcessor> All { get; } = new("post-processor", new(StringComparer.Ordinal)
    {
        ["Sequence"] = SequencePostProcessor.Read,
        ["TemplateProcessing"] = TemplatePostProcessor.Read,
        ["ByteLevel"] = _ => new ByteLevelPostProcessor(),
        ["RobertaProcessing"] = AroundPostProcessor.Read,
        ["BertProcessing"] = AroundPostProcessor.Read,
    });
}
