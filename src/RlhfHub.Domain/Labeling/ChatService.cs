using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Labeling;

/// <summary>What a rater does in a chat task: says something, sees two replies, chooses one. Submitting is as for every task, see <see cref="LabelingService"/>.</summary>
public sealed class ChatService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, IModelHost host, Random random, TimeProvider time)
{
    // A pair in which a reply tells its writer is written anew so often.
    private const int Attempts = 3;

    /// <summary>The chat as far as it has come.</summary>
    [Requires(Policy.Label, ReadsOnly = true)]
    public async Task<ChatView> GetAsync(Actor actor, Guid projectId, Guid assignmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(db, projectId, actor.Id, assignmentId, cancellationToken);
    }

    /// <summary>Says something and has two replies written; they are shown in lockstep while they are. Saying it again while no reply is there asks again.</summary>
    /// <exception cref="InvalidRequestException">It is not the rater's turn, or the text is empty or too long.</exception>
    /// <exception cref="ModelException">The model cannot be reached; what was said is kept.</exception>
    [Requires(Policy.Label)]
    public async Task<ChatView> SayAsync(Actor actor, Guid projectId, Guid assignmentId, ChatSaying saying, ChatScreen screen, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(saying);
        var opened = await writes.RunAsync(db => OpenTurnAsync(db, projectId, actor.Id, assignmentId, saying.Text, cancellationToken), cancellationToken);
        var (replies, seed) = await WriteAsync(opened, screen, cancellationToken);
        return await writes.RunAsync(
            async db =>
            {
                var chat = await db.Chats.SingleAsync(entry => entry.AssignmentId == assignmentId, cancellationToken);
                // Another page of the same rater may have been quicker; then its replies stand.
                if (chat.Turns.Count == opened.Turn + 1 && chat.Turns[^1] is { Replies.Count: 0 } turn && turn.Text == opened.Text)
                    chat.Turns = [.. chat.Turns.SkipLast(1), turn with { Replies = replies, DisplayOrder = opened.DisplayOrder, Seed = seed }];
                chat.ChangedAt = time.GetUtcNow().UtcDateTime;
                await db.SaveChangesAsync(cancellationToken);
                return await ReadAsync(db, projectId, actor.Id, assignmentId, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Chooses the reply with which the chat goes on.</summary>
    /// <exception cref="InvalidRequestException">There is nothing to choose in this turn.</exception>
    [Requires(Policy.Label)]
    public async Task<ChatView> ChooseAsync(Actor actor, Guid projectId, Guid assignmentId, ChatChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(choice);
        if (choice.Better is null != (choice.Strength == 0)) throw new InvalidRequestException("strength", "A tie has strength 0, a better reply 1 to 3.");
        return await writes.RunAsync(
            async db =>
            {
                await RequireOpenAsync(db, projectId, actor.Id, assignmentId, cancellationToken);
                var chat = await db.Chats.SingleOrDefaultAsync(entry => entry.AssignmentId == assignmentId, cancellationToken);
                // A choice can be changed until the chat has gone on.
                if (chat is null || choice.Turn != chat.Turns.Count - 1 || chat.Turns[^1] is not { Replies.Count: 2 } turn)
                    throw new InvalidRequestException("turn", "There is nothing to choose in this turn.");
                chat.Turns = [.. chat.Turns.SkipLast(1), turn with { Chosen = turn.DisplayOrder[choice.Better ?? 0] - '0', Strength = choice.Strength }];
                chat.ChangedAt = time.GetUtcNow().UtcDateTime;
                await db.SaveChangesAsync(cancellationToken);
                return await ReadAsync(db, projectId, actor.Id, assignmentId, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<OpenedTurn> OpenTurnAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, Guid assignmentId, string text, CancellationToken cancellationToken)
    {
        var settings = await RequireOpenAsync(db, projectId, raterId, assignmentId, cancellationToken);
        var opening = await OpeningAsync(db, assignmentId, cancellationToken);
        var chat = await db.Chats.SingleOrDefaultAsync(entry => entry.AssignmentId == assignmentId, cancellationToken) ?? db.Add(new Chat { AssignmentId = assignmentId }).Entity;
        if (chat.Turns is [.., { Chosen: null, Replies.Count: > 0 }]) throw new InvalidRequestException("text", "Two replies wait: choose one of them first.");
        var isAgain = chat.Turns is [.., { Chosen: null }];
        var earlier = isAgain ? [.. chat.Turns.SkipLast(1)] : chat.Turns;
        if (earlier.Count == 0 && opening[^1].Role == Message.User) text = opening[^1].Content;
        else if (isAgain && text.Length == 0) text = chat.Turns[^1].Text;
        if (earlier.Count >= settings.Chat.MaxTurns) throw new InvalidRequestException("text", $"The chat has {earlier.Count} turns, as many as this project takes; finish it.");
        if (string.IsNullOrWhiteSpace(text) || text.Length > settings.MaxPromptCharacters) throw new InvalidRequestException("text", $"What is said has 1 to {settings.MaxPromptCharacters:N0} characters.");

        var turn = new HeldTurn(text, [], random.Next(2) == 0 ? "01" : "10", null, 0, 0);
        chat.Turns = [.. earlier, turn];
        chat.ChangedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        List<Message> messages = [.. opening.SkipLast(opening[^1].Role == Message.User ? 1 : 0)];
        foreach (var past in earlier) messages.AddRange([new(Message.User, past.Text), new(Message.Assistant, past.Replies[past.Chosen!.Value])]);
        messages.Add(new(Message.User, text));
        return new(earlier.Count, text, turn.DisplayOrder, messages, await ModelAddress.OfAsync(db, projectId, cancellationToken), settings.MaxReplyCharacters);
    }

    private async Task<(IReadOnlyList<string> Replies, long Seed)> WriteAsync(OpenedTurn turn, ChatScreen screen, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var seed = random.NextInt64(1, int.MaxValue - 1);
            var sources = new[] { seed, seed + 1 }.Select(own => host.WriteAsync(turn.Model, turn.Messages, new ReplySampling(1, 1, null, own), cancellationToken)).ToList();
            var texts = screen.Show is { } show ? await ShowAsync(sources, turn, show, cancellationToken) : await Task.WhenAll(sources.Select(source => WholeAsync(source, cancellationToken)));
            if (texts is null || texts.Any(text => text.Trim().Length == 0 || Names(text, turn))) continue;
            return ([.. texts.Select(text => text.Length > turn.MaxReplyCharacters ? text[..turn.MaxReplyCharacters] : text)], seed);
        }
        throw new ModelException("The model gave no reply that could be shown; say it in other words.", isRefusal: true);
    }

    // Null as soon as a reply names its writer: what has come is looked at before more of it is shown.
    private async Task<IReadOnlyList<string>?> ShowAsync(List<IAsyncEnumerable<string>> sources, OpenedTurn turn, Func<IReadOnlyList<string>, Task> show, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> arrived = [];
        await foreach (var step in LockstepStreams.ReadAsync(sources, time, cancellationToken))
        {
            arrived = step.Arrived;
            if (arrived.Any(text => Names(text, turn))) return null;
            await show([.. turn.DisplayOrder.Select(place => step.Shown[place - '0'])]);
        }
        return arrived;
    }

    private static bool Names(string text, OpenedTurn turn) => SelfNaming.FindIn(text, turn.Model.Name) is not null;

    // Nobody looks on, so nothing has to be shown at a pace.
    private static async Task<string> WholeAsync(IAsyncEnumerable<string> source, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        await foreach (var piece in source.WithCancellation(cancellationToken)) text.Append(piece);
        return text.ToString();
    }

    private static async Task<ProjectSettings> RequireOpenAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, Guid assignmentId, CancellationToken cancellationToken)
    {
        var task = await Submissions.FindAsync(db, projectId, raterId, assignmentId, cancellationToken) ?? throw AccessException.NotFound("task of yours", assignmentId);
        if (task.Kind != TaskKind.Chat) throw new InvalidRequestException("assignmentId", $"This task is no chat but a {task.Kind.ToString().ToLowerInvariant()}.");
        if (task.State is AssignmentState.Submitted or AssignmentState.Skipped or AssignmentState.Withdrawn) throw new InvalidRequestException("assignmentId", "This chat is over.");
        return (await ProjectRules.ReadAsync(db, projectId)).Settings;
    }

    private static async Task<IReadOnlyList<Message>> OpeningAsync(RlhfHubDbContext db, Guid assignmentId, CancellationToken cancellationToken) =>
        await (from assignment in db.Assignments
               join task in db.Tasks on assignment.TaskId equals task.Id
               join prompt in db.Prompts on task.PromptId equals prompt.Id
               where assignment.Id == assignmentId
               select prompt.Messages).AsNoTracking().SingleAsync(cancellationToken);

    private static async Task<ChatView> ReadAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, Guid assignmentId, CancellationToken cancellationToken)
    {
        if (!await db.Assignments.AnyAsync(assignment => assignment.Id == assignmentId && assignment.RaterId == raterId && assignment.ProjectId == projectId, cancellationToken))
            throw AccessException.NotFound("task of yours", assignmentId);
        var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
        var opening = await OpeningAsync(db, assignmentId, cancellationToken);
        var turns = (await db.Chats.AsNoTracking().SingleOrDefaultAsync(entry => entry.AssignmentId == assignmentId, cancellationToken))?.Turns ?? [];
        return new([.. turns.Select((turn, index) => Shown(turn, index == 0 && opening[^1].Role == Message.User))], settings.Chat.MaxTurns);
    }

    private static ShownTurn Shown(HeldTurn turn, bool isOpening) => new(
        turn.Text,
        turn.Replies.Count == 0 ? [] : [.. turn.DisplayOrder.Select(place => turn.Replies[place - '0'])],
        turn.Chosen is { } chosen ? turn.DisplayOrder.IndexOf((char)('0' + chosen), StringComparison.Ordinal) : null,
        turn.Strength, isOpening);

    private sealed record OpenedTurn(int Turn, string Text, string DisplayOrder, IReadOnlyList<Message> Messages, ModelAddress Model, int MaxReplyCharacters);
}
