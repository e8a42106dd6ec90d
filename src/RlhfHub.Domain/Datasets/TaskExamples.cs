using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>Turns the answers to one task into examples, by the rules of a snapshot.</summary>
internal static class TaskExamples
{
    public static IEnumerable<Example> Of(TaskJudgments task, SnapshotRules rules, ProjectSettings settings)
    {
        // A better reply that a rater offers is a demonstration, whatever becomes of the comparison.
        foreach (var offered in task.Answers)
            if (offered.Answer is ComparisonAnswer { CannotJudge: false, BetterReply: { Length: > 0 } better }) yield return Named(new DemonstrationExample(task.Messages, better), task, offered.JudgmentId);
        foreach (var judged in JudgmentAggregation.Apply(task.Kind, task.Answers, rules.Aggregation))
        {
            var examples = judged.Answer switch
            {
                DemonstrationAnswer demonstration => [new DemonstrationExample(task.Messages, demonstration.Text)],
                ComparisonAnswer comparison => Comparison(task, comparison, rules),
                RankingAnswer ranking => [new RankingExample(task.Messages, task.Replies.ToValueList(), ranking.Ranks.ToValueList())],
                RatingAnswer rating => Rating(task, rating, rules, settings.Rating),
                ClassificationAnswer classification => [new ClassificationExample(null, Conversation(task), classification.Labels.ToValueList())],
                ChatAnswer chat => Chat(task, chat, rules),
                _ => throw new InvalidOperationException($"{judged.Answer.GetType().Name} has no examples."),
            };
            // What an example may not be (a pair of equal texts, say) is not made, rather than found out by the trainer.
            foreach (var example in examples.Select(example => Named(example, task, judged.JudgmentId)))
                if (ExampleRules.Problem(example) is null) yield return example;
        }
    }

    /// <summary>A split by the name that data sets give it.</summary>
    public static string SplitName(Split split) => split.ToString().ToLowerInvariant();

    // What came with an import goes out as it came.
    private static Example Named(Example example, TaskJudgments task, Guid judgmentId) => task.SourceRecord is { } source
        ? example with { Id = source.SourceId, Tags = source.Fields.Tags.ToValueList(), Source = source.Fields.Source, Split = source.Fields.Split, Extra = source.Fields.ExtraFields() }
        : example with { Id = judgmentId.ToString(), Tags = task.Tags, Source = task.Source.Length > 0 ? task.Source : null, Split = SplitName(task.Split) };

    private static IEnumerable<Example> Comparison(TaskJudgments task, ComparisonAnswer answer, SnapshotRules rules)
    {
        if (answer.BothBad) yield break;   // none of them is chosen
        foreach (var example in Pair(task.Messages, task.Replies[0], task.Replies[1], answer.Better, answer.Margin ?? (answer.Strength > 0 ? answer.Strength : null), rules)) yield return example;
    }

    private static IEnumerable<Example> Pair(ValueList<Message> prompt, Reply first, Reply second, int? better, double? margin, SnapshotRules rules)
    {
        if (better is { } place)
        {
            yield return new PreferenceExample(prompt, place == 0 ? first : second, place == 0 ? second : first, rules.MarginFromStrength ? margin : null);
            yield break;
        }
        if (rules.Ties == TieRule.Keep) yield return new RankingExample(prompt, [first, second], [1, 1]);
        if (rules.Ties != TieRule.Soften) yield break;
        yield return new PreferenceExample(prompt, first, second, 0);
        yield return new PreferenceExample(prompt, second, first, 0);
    }

    // The mean over the attributes, each as a share of its scale.
    private static IEnumerable<Example> Rating(TaskJudgments task, RatingAnswer answer, SnapshotRules rules, RatingSettings settings)
    {
        if (answer.Desired is { } desired)
        {
            yield return new UnpairedExample(task.Messages, task.Replies[0], desired);
            yield break;
        }
        var shares = settings.Attributes.Where(attribute => answer.Points.ContainsKey(attribute.Name)).Select(attribute => (answer.Points[attribute.Name] - 1.0) / (attribute.Points - 1)).ToList();
        if (shares.Count > 0) yield return new UnpairedExample(task.Messages, task.Replies[0], shares.Average() >= rules.DesiredFrom);
    }

    private static IEnumerable<Example> Chat(TaskJudgments task, ChatAnswer chat, SnapshotRules rules)
    {
        List<Message> conversation = [.. task.Messages];
        // A chat on a question begins with the reply to it: the first turn says what the conversation ends with.
        if (chat.Turns.Count > 0 && conversation is [.., { Role: Message.User } last] && last.Content == chat.Turns[0].Text) conversation.RemoveAt(conversation.Count - 1);
        foreach (var turn in chat.Turns)
        {
            conversation.Add(new(Message.User, turn.Text));
            if (turn.Replies.Count == 2)
                foreach (var example in Pair(conversation.ToValueList(), turn.Replies[0], turn.Replies[1], turn.Strength == 0 ? null : turn.Chosen, turn.Strength, rules)) yield return example;
            conversation.Add(new(Message.Assistant, turn.Replies[turn.Chosen]));
        }
    }

    private static ValueList<Message> Conversation(TaskJudgments task) =>
        task.Replies.Count == 0 ? task.Messages : [.. task.Messages, new Message(Message.Assistant, task.Replies[0].Text)];
}
