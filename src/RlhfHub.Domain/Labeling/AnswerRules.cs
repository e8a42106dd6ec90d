using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Labeling;

/// <summary>Whether an answer is one that the project asks for.</summary>
public static class AnswerRules
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxRationale = 10_000;

    /// <summary>Checks an answer to a task with so many replies.</summary>
    /// <exception cref="InvalidRequestException">It answers another question, or not as the project asks; every fault has its sentence.</exception>
    public static void Check(Answer answer, TaskKind kind, ProjectSettings settings, int responses)
    {
        Dictionary<string, string> errors = [];
        void Fail(string field, string message) => errors.TryAdd(field, message);

        if (answer.Kind != kind) throw new InvalidRequestException("answer.kind", $"This task is a {Name(kind)}; the answer is a {Name(answer.Kind)}.");
        if (answer.Rationale is { Length: > MaxRationale }) Fail("answer.rationale", $"The reason has {answer.Rationale.Length:N0} characters; at most {MaxRationale:N0} are kept.");
        if (answer is ComparisonAnswer { Margin: not null }) Fail("answer.margin", "A margin comes with imports only; say 'strength'.");
        if (answer is RatingAnswer { Desired: not null }) Fail("answer.desired", "'desired' comes with imports only; give points.");
        if (answer is ChatAnswer chatted && chatted.Turns.Any(turn => turn.ModelVersionIds is not null)) Fail("answer.turns", "Who wrote the replies is not for the rater to say; leave 'modelVersionIds' out.");
        if (!answer.CannotJudge)
        {
            switch (answer)
            {
                case DemonstrationAnswer demonstration: CheckDemonstration(demonstration, settings, responses, Fail); break;
                case ComparisonAnswer comparison: CheckComparison(comparison, settings, Fail); break;
                case RankingAnswer ranking: CheckRanking(ranking, settings.Ranking, responses, Fail); break;
                case RatingAnswer rating: CheckRating(rating, settings.Rating, Fail); break;
                case ClassificationAnswer classification: CheckClassification(classification, settings.Classification, Fail); break;
                case ChatAnswer chat: CheckChat(chat, settings, Fail); break;
            }
        }
        InvalidRequestException.ThrowIfAny(errors);
    }

    /// <summary>What is kept of an answer: of one that cannot be judged only that, and why.</summary>
    public static Answer Essence(Answer answer) => !answer.CannotJudge ? answer : answer.Kind switch
    {
        TaskKind.Demonstration => new DemonstrationAnswer { CannotJudge = true, Rationale = answer.Rationale },
        TaskKind.Comparison => new ComparisonAnswer { CannotJudge = true, Rationale = answer.Rationale },
        TaskKind.Ranking => new RankingAnswer { CannotJudge = true, Rationale = answer.Rationale },
        TaskKind.Rating => new RatingAnswer { CannotJudge = true, Rationale = answer.Rationale },
        TaskKind.Classification => new ClassificationAnswer { CannotJudge = true, Rationale = answer.Rationale },
        _ => new ChatAnswer { CannotJudge = true, Rationale = answer.Rationale },
    };

    private static void CheckDemonstration(DemonstrationAnswer answer, ProjectSettings settings, int responses, Action<string, string> fail)
    {
        if (string.IsNullOrWhiteSpace(answer.Text)) fail("answer.text", "The reply is empty; write one, or skip the task.");
        else if (answer.Text.Length < settings.Demonstration.MinCharacters) fail("answer.text", $"The reply has {answer.Text.Length:N0} characters; this project asks for at least {settings.Demonstration.MinCharacters:N0}.");
        else if (answer.Text.Length > settings.MaxReplyCharacters) fail("answer.text", $"The reply has {answer.Text.Length:N0} characters; this project takes at most {settings.MaxReplyCharacters:N0}.");
        if (answer.DraftPlace is { } place && (place < 0 || place >= responses)) fail("answer.draftPlace", $"There is no draft {place}; this task has {responses}.");
    }

    private static void CheckComparison(ComparisonAnswer answer, ProjectSettings settings, Action<string, string> fail)
    {
        var rules = settings.Comparison;
        if (answer.BothBad)
        {
            if (!rules.AllowsBothBad) fail("answer.bothBad", "This project does not take 'both bad'; choose a reply.");
            if (answer.Better is not null || answer.Strength != 0) fail("answer.better", "With 'both bad' no reply is better: leave 'better' out and 'strength' at 0.");
        }
        else if (answer.Better is null)
        {
            if (!rules.AllowsTie) fail("answer.better", "This project takes no ties; choose a reply.");
            if (answer.Strength != 0) fail("answer.strength", "A tie has strength 0.");
        }
        else
        {
            if (answer.Better is not (0 or 1)) fail("answer.better", $"'better' is {answer.Better}; it must be 0 for the first reply shown or 1 for the second.");
            if (answer.Strength < 1 || answer.Strength > rules.Strengths) fail("answer.strength", $"The strength is {answer.Strength}; this project takes {(rules.Strengths == 1 ? "1" : $"1 to {rules.Strengths}")}.");
        }
        foreach (var (aspect, value) in answer.Aspects)
        {
            if (!rules.Aspects.Contains(aspect)) fail("answer.aspects", $"This project does not ask about '{aspect}'{(rules.Aspects.Count == 0 ? "" : $", but about {string.Join(", ", rules.Aspects)}")}.");
            else if (value < -rules.Strengths || value > rules.Strengths) fail("answer.aspects", $"'{aspect}' is {value}; it must be from -{rules.Strengths} to {rules.Strengths}.");
        }
        foreach (var aspect in rules.Aspects.Where(aspect => !answer.Aspects.ContainsKey(aspect))) fail("answer.aspects", $"'{aspect}' has no answer.");
        if (answer.BetterReply is { } reply && (string.IsNullOrWhiteSpace(reply) || reply.Length > settings.MaxReplyCharacters))
            fail("answer.betterReply", $"A better reply has 1 to {settings.MaxReplyCharacters:N0} characters; leave it out to offer none.");
        CheckRationale(answer, rules.Rationale, fail);
    }

    private static void CheckRanking(RankingAnswer answer, RankingSettings rules, int responses, Action<string, string> fail)
    {
        if (answer.Ranks.Count != responses)
        {
            fail("answer.ranks", $"There are {answer.Ranks.Count} ranks for {responses} replies; each reply needs one.");
            return;
        }
        var different = answer.Ranks.Distinct().Order().ToList();
        if (!different.SequenceEqual(Enumerable.Range(1, different.Count))) fail("answer.ranks", $"The ranks are {string.Join(", ", answer.Ranks)}; they must begin at 1 and leave none out, as in 1, 2, 2, 3.");
        else if (!rules.AllowsTies && different.Count < responses) fail("answer.ranks", "This project takes no ties; give each reply a place of its own.");
    }

    private static void CheckRating(RatingAnswer answer, RatingSettings rules, Action<string, string> fail)
    {
        foreach (var attribute in rules.Attributes)
        {
            if (!answer.Points.TryGetValue(attribute.Name, out var points)) fail("answer.points", $"'{attribute.Name}' is not rated.");
            else if (points < 1 || points > attribute.Points) fail("answer.points", $"'{attribute.Name}' is {points}; it must be from 1 to {attribute.Points}.");
        }
        var names = rules.Attributes.Select(attribute => attribute.Name).ToList();
        foreach (var name in answer.Points.Keys.Except(names)) fail("answer.points", $"This project does not rate '{name}', but {string.Join(", ", names)}.");
        CheckRationale(answer, rules.Rationale, fail);
    }

    private static void CheckClassification(ClassificationAnswer answer, ClassificationSettings rules, Action<string, string> fail)
    {
        var names = rules.Labels.Select(label => label.Name).ToList();
        if (answer.Labels.Count == 0) fail("answer.labels", rules.IsMultiple ? "No label is given; give at least one." : "No label is given; give one.");
        else if (!rules.IsMultiple && answer.Labels.Count > 1) fail("answer.labels", $"{answer.Labels.Count} labels are given; this project takes one.");
        else if (answer.Labels.Distinct().Count() < answer.Labels.Count) fail("answer.labels", "A label is given twice.");
        if (answer.Labels.Except(names).ToList() is [var unknown, ..]) fail("answer.labels", $"'{unknown}' is no label of this project; its labels are {string.Join(", ", names)}.");
    }

    private static void CheckChat(ChatAnswer answer, ProjectSettings settings, Action<string, string> fail)
    {
        if (answer.Turns.Count == 0) fail("answer.turns", "The chat is empty; say something, or skip the task.");
        if (answer.Turns.Count > settings.Chat.MaxTurns) fail("answer.turns", $"The chat has {answer.Turns.Count} turns; this project takes at most {settings.Chat.MaxTurns}.");
        for (var index = 0; index < answer.Turns.Count; index++)
        {
            var turn = answer.Turns[index];
            if (string.IsNullOrWhiteSpace(turn.Text) || turn.Text.Length > settings.MaxPromptCharacters) fail($"answer.turns[{index}].text", $"What is said has 1 to {settings.MaxPromptCharacters:N0} characters.");
            if (turn.Replies.Count is < 1 or > 2) fail($"answer.turns[{index}].replies", $"A turn has one or two replies; this one has {turn.Replies.Count}.");
            else if (turn.Chosen < 0 || turn.Chosen >= turn.Replies.Count) fail($"answer.turns[{index}].chosen", $"There is no reply {turn.Chosen} in this turn.");
            if (turn.Replies.Any(reply => reply.Length > settings.MaxReplyCharacters)) fail($"answer.turns[{index}].replies", $"A reply has at most {settings.MaxReplyCharacters:N0} characters.");
            if (turn.Strength is < 0 or > 3) fail($"answer.turns[{index}].strength", $"The strength is {turn.Strength}; it must be from 0 to 3.");
        }
    }

    private static void CheckRationale(Answer answer, RationaleRule rule, Action<string, string> fail)
    {
        if (rule == RationaleRule.Required && string.IsNullOrWhiteSpace(answer.Rationale)) fail("answer.rationale", "This project asks why; say it in a sentence.");
    }

    private static string Name(TaskKind kind) => kind.ToString().ToLowerInvariant();
}
