using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>What the platform stores of an example: its prompt, its replies, and the judgment that it amounts to.</summary>
internal sealed record ExampleAnswer(IReadOnlyList<Message> Messages, IReadOnlyList<Reply> Replies, TaskKind? Kind, Answer? Answer)
{
    /// <summary>The prompt, replies and judgment of an example.</summary>
    public static ExampleAnswer Of(Example example) => example switch
    {
        PromptExample prompt => new(prompt.Prompt, [], null, null),
        DemonstrationExample demonstration => new(demonstration.Prompt, [], TaskKind.Demonstration, new DemonstrationAnswer { Text = demonstration.Completion.Text }),
        PreferenceExample pair => new(pair.Prompt, pair.Replies, TaskKind.Comparison, new ComparisonAnswer { Better = 0, Strength = Strength(pair.Margin), Margin = pair.Margin }),
        UnpairedExample unpaired => new(unpaired.Prompt, unpaired.Replies, TaskKind.Rating, new RatingAnswer { Desired = unpaired.Label }),
        RankingExample ranking => new(ranking.Prompt, ranking.Responses, TaskKind.Ranking, new RankingAnswer { Ranks = ranking.Ranking }),
        ClassificationExample { Text: { } text } classified => new([new Message(Message.User, text)], [], TaskKind.Classification, new ClassificationAnswer { Labels = classified.Labels }),
        ClassificationExample { Prompt: [.., { Role: Message.Assistant } last] } classified =>
            new([.. classified.Prompt.SkipLast(1)], [last.Content], TaskKind.Classification, new ClassificationAnswer { Labels = classified.Labels }),
        ClassificationExample classified => new(classified.Prompt, [], TaskKind.Classification, new ClassificationAnswer { Labels = classified.Labels }),
        _ => new([], [], null, null),
    };

    /// <summary>What keeps a project from taking it; null when nothing does.</summary>
    public string? Fault(ProjectSettings settings)
    {
        if (Messages.Count == 0) return "it has no prompt; texts without one have nothing to label, and are trained on as files of a run";
        if (PromptRules.FaultOf(Messages, settings) is { } fault) return fault;
        if (Replies.Count > LabelingTask.MaxResponses) return $"it has {Replies.Count} replies; a task shows at most {LabelingTask.MaxResponses}";
        return Replies.Select(reply => PromptRules.FaultOfReply(reply.Text, settings)).FirstOrDefault(reply => reply is not null)
            ?? (Answer is DemonstrationAnswer demonstration ? PromptRules.FaultOfReply(demonstration.Text, settings) : null);
    }

    // A source without margins says only which is better: strength 0, which gives no margin when it goes out again.
    private static int Strength(double? margin) => margin is { } value ? (int)Math.Clamp(Math.Round(value), 1, 3) : 0;
}
