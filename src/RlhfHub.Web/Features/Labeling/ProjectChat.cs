using RlhfHub.Domain.Labeling;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>The chats of whoever looks at the page.</summary>
internal sealed class ProjectChat(CurrentActor current, ChatService chats) : IChatPartner
{
    public async Task<ChatView> GetAsync(TaskView task, CancellationToken closed) => await chats.GetAsync(await current.GetAsync(closed), task.ProjectId, task.AssignmentId, closed);

    public async Task<ChatView> SayAsync(TaskView task, string text, Func<IReadOnlyList<string>, Task> show, CancellationToken closed) =>
        await chats.SayAsync(await current.GetAsync(closed), task.ProjectId, task.AssignmentId, new ChatSaying { Text = text }, new ChatScreen { Show = show }, closed);

    public async Task<ChatView> ChooseAsync(TaskView task, int turn, int? better, int strength, CancellationToken closed) =>
        await chats.ChooseAsync(await current.GetAsync(closed), task.ProjectId, task.AssignmentId, new ChatChoice { Turn = turn, Better = better, Strength = strength }, closed);
}
