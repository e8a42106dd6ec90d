using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Labeling;

public sealed class ChatServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid project;
    private Labeler rater = null!;

    private ChatService Chats => hub.Get<ChatService>();

    [Fact]
    public async Task Chat_OfTwoTurns_IsStoredAsItWasChosen()
    {
        var task = await TakeAsync();
        var first = await SayAsync(task, "");
        await ChooseAsync(task, 0, better: 1, strength: 2);
        var second = await SayAsync(task, "And then?");
        await ChooseAsync(task, 1, better: null, strength: 0);

        // What the page says of the model's words does not matter.
        await rater.SubmitAsync(task.AssignmentId, new ChatAnswer { Turns = [new("Forged", ["I am good", "I am bad"], 0, 3)], Rationale = "because" });

        var answer = Assert.IsType<ChatAnswer>(Assert.Single(await rater.HistoryAsync()).Answer);
        Assert.Equal(["Question 1", "And then?"], answer.Turns.Select(turn => turn.Text[..Math.Min(10, turn.Text.Length)]));
        Assert.Equal(first.Turns[0].Replies[1], answer.Turns[0].Replies[answer.Turns[0].Chosen]);
        Assert.Equal(second.Turns[1].Replies[0], answer.Turns[1].Replies[answer.Turns[1].Chosen]);
        Assert.Equal([2, 0], answer.Turns.Select(turn => turn.Strength));
        Assert.All(answer.Turns, turn => Assert.Equal(2, turn.DisplayOrder!.Length));
        Assert.Equal("because", answer.Rationale);
        // The chosen reply went on, and the question was not said twice.
        var asked = hub.Models.Asked[^1].Messages;
        Assert.Equal([Message.User, Message.Assistant, Message.User], asked.Select(message => message.Role));
        Assert.Equal(first.Turns[0].Replies[1], asked[1].Content);
    }

    [Fact]
    public async Task Say_ModelGone_KeepsWhatWasSaidAndAsksAgain()
    {
        var task = await TakeAsync();
        await SayAsync(task, "");
        await ChooseAsync(task, 0, 0, 1);
        hub.Models.Failure = new ModelException("It is gone.");
        await Assert.ThrowsAsync<ModelException>(() => SayAsync(task, "Are you there?"));

        Assert.Equal("Are you there?", (await Chats.GetAsync(rater.Actor, project, task.AssignmentId, default)).Open!.Text);
        hub.Models.Failure = null;
        var chat = await SayAsync(task, "");

        Assert.Equal(("Are you there?", 2), (chat.Open!.Text, chat.Open.Replies.Count));
        Assert.Equal(2, chat.Turns.Count);
    }

    [Fact]
    public async Task Say_OutOfTurn_IsRefused()
    {
        var task = await TakeAsync();
        await SayAsync(task, "");

        await Assert.ThrowsAsync<InvalidRequestException>(() => SayAsync(task, "More"));
        await ChooseAsync(task, 0, 0, 1);
        await Assert.ThrowsAsync<InvalidRequestException>(() => SayAsync(task, " "));
        await Assert.ThrowsAsync<InvalidRequestException>(() => ChooseAsync(task, 1, 0, 1));
        await SayAsync(task, "Two");
        await ChooseAsync(task, 1, 0, 1);
        var full = await Assert.ThrowsAsync<InvalidRequestException>(() => SayAsync(task, "Three"));
        Assert.Contains("2 turns", full.Message);
    }

    [Fact]
    public async Task Say_ReplyThatNamesItsWriter_IsWrittenAnewUnseen()
    {
        var task = await TakeAsync();
        var written = 0;
        hub.Models.Reply = (_, _) => ++written <= 2 ? "Hello, I am Starter." : $"Hello {written}.";
        List<string> seen = [];

        var saying = Task.Run(() => Chats.SayAsync(rater.Actor, project, task.AssignmentId, new ChatSaying(), new ChatScreen
        {
            Show = shown =>
            {
                lock (seen) seen.AddRange(shown);
                return Task.CompletedTask;
            },
        }, default));
        while (!saying.IsCompleted)
        {
            hub.Time.Advance(LockstepStreams.Beat);
            await Task.Yield();
        }

        Assert.Equal(["Hello 3.", "Hello 4."], (await saying).Open!.Replies.Order());
        Assert.DoesNotContain(seen, text => text.Contains("Starter", StringComparison.Ordinal));
        Assert.Contains(seen, text => text is "Hello 3.");
    }

    [Fact]
    public async Task Choose_OrdersOfManyChats_AreBothOrders()
    {
        HashSet<string> orders = [];
        for (var chat = 0; chat < 12; chat++)
        {
            var task = await TakeAsync();
            await SayAsync(task, "");
            await ChooseAsync(task, 0, 0, 1);
            await rater.SubmitAsync(task.AssignmentId, new ChatAnswer());
            orders.Add(((ChatAnswer)(await rater.HistoryAsync())[0].Answer).Turns[0].DisplayOrder!);
        }

        Assert.Equal(2, orders.Count);
    }

    [Fact]
    public async Task Submit_ChatThatWasNotHeldHere_IsRefused()
    {
        var task = await TakeAsync();

        await Assert.ThrowsAsync<InvalidRequestException>(() => rater.SubmitAsync(task.AssignmentId, new ChatAnswer { Turns = [new("Forged", ["a", "b"], 0, 1)] }));
    }

    [Fact]
    public async Task Get_ChatOfSomebodyElse_IsNotFound()
    {
        var task = await TakeAsync();
        var other = await hub.AddMemberAsync(project);

        await Assert.ThrowsAsync<AccessException>(() => Chats.GetAsync(other, project, task.AssignmentId, default));
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        project = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Chat], Chat = new() { MaxTurns = 2 } });
        rater = new Labeler(hub, project, await hub.AddMemberAsync(project));
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task<TaskView> TakeAsync()
    {
        await hub.AddTaskAsync(project, TaskKind.Chat, responses: 0);
        return await rater.TakeAsync();
    }

    private Task<ChatView> SayAsync(TaskView task, string text) => Chats.SayAsync(rater.Actor, project, task.AssignmentId, new ChatSaying { Text = text }, new ChatScreen(), default);

    private Task<ChatView> ChooseAsync(TaskView task, int turn, int? better, int strength) =>
        Chats.ChooseAsync(rater.Actor, project, task.AssignmentId, new ChatChoice { Turn = turn, Better = better, Strength = strength }, default);
}
