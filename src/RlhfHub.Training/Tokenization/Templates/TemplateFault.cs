namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>What is wrong with a template, on its way to the boundary where its name, line and column are added. Never leaves <see cref="ChatTemplate"/>.</summary>
internal sealed class TemplateFault(string message, int? offset = null) : Exception(message)
{
    /// <summary>Where in the source, when the thrower knows it better than the evaluator does.</summary>
    public int? Offset { get; } = offset;
}

/// <summary>A template called <c>raise_exception</c>.</summary>
internal sealed class TemplateRefusal(string reason) : Exception(reason);
