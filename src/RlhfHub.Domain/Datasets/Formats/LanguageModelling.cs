namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>TRL's language modelling format, <c>{"text": "The sky is blue."}</c>. Its conversations, <c>{"messages": […]}</c>, are <see cref="OpenAiChat"/>.
/// https://huggingface.co/docs/trl/dataset_formats.</summary>
public static class LanguageModelling
{
    /// <summary>Plain texts.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "trl-language-modelling",
        DisplayName = "TRL language modelling",
        Description = "Plain texts to imitate whole. Conversations of this kind are OpenAI chat files.",
        ExampleLine = """{"text": "The sky is blue."}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Text],
        Fields = ["text"],
        LooksLike = json => json.HasText("text") && !json.HasAny("label", "labels", "messages", "prompt"),
        Read = record => [record.Complete(new TextExample(record.Text("text")))],
        Write = (writer, example) => writer.Text("text", ((TextExample)example).Text),
    };
}
